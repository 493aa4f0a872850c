/* SPDX-License-Identifier: Apache-2.0
 *
 * Plays NVIDIA's driver library: two devices, one of which tells little. FAKE_NVML_PID is a process on the first.
 */
#include <stdlib.h>
#include <string.h>

typedef struct { unsigned long long total, free, used; } Memory;
typedef struct { unsigned gpu, memory; } Utilization;
typedef struct { char legacyId[16]; unsigned domain, bus, device, deviceId, subsystemId; char id[32]; } Pci;
typedef struct { unsigned pid; unsigned long long memory; unsigned instance, computeInstance; } ProcessInfo;
typedef struct { unsigned pid; unsigned long long time; unsigned sm, memory, encoder, decoder; } ProcessSample;

enum { kNotSupported = 3, kNotFound = 6 };
static char first, second;
static int initialised;

static unsigned process(void) {
    const char* text = getenv("FAKE_NVML_PID");
    return text ? (unsigned)strtoul(text, NULL, 10) : 0;
}

int nvmlInit_v2(void) {
    if (getenv("FAKE_NVML_BROKEN"))
        return 9;
    initialised = 1;
    return 0;
}
int nvmlSystemGetDriverVersion(char* text, unsigned size) { return strncpy(text, "570.86.15", size) ? 0 : 1; }
int nvmlSystemGetCudaDriverVersion_v2(int* version) { return *version = 12080, 0; }
int nvmlDeviceGetCount_v2(unsigned* count) { return *count = 2, initialised ? 0 : 1; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) { return *device = index ? &second : &first, 0; }
int nvmlDeviceGetUUID(void* device, char* text, unsigned size) {
    return strncpy(text, device == &first ? "GPU-aaaa-1111" : "GPU-bbbb-2222", size) ? 0 : 1;
}
int nvmlDeviceGetName(void* device, char* text, unsigned size) {
    return strncpy(text, device == &first ? "NVIDIA H200 NVL" : "Old Card", size) ? 0 : 1;
}
int nvmlDeviceGetPciInfo_v3(void* device, Pci* pci) {
    return strcpy(pci->id, device == &first ? "00000000:01:00.0" : "00000000:02:00.0") ? 0 : 1;
}
int nvmlDeviceGetMemoryInfo(void* device, Memory* memory) {
    memory->total = 1000000;
    memory->used = device == &first ? 123456 : 7;
    memory->free = memory->total - memory->used;
    return 0;
}
int nvmlDeviceGetUtilizationRates(void* device, Utilization* utilization) {
    utilization->gpu = 87;
    return device == &first ? 0 : kNotSupported;
}
int nvmlDeviceGetPowerUsage(void* device, unsigned* milliwatts) {
    *milliwatts = 350500;
    return device == &first ? 0 : kNotSupported;
}
int nvmlDeviceGetTemperature(void* device, int sensor, unsigned* degrees) {
    *degrees = device == &first ? 61 : 30;
    return sensor == 0 ? 0 : kNotSupported;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void* device, unsigned* count, ProcessInfo* found) {
    if (device != &first)
        return *count = 0, 0;
    found[0].pid = 1;
    found[0].memory = 100000;
    found[1].pid = process();
    found[1].memory = 23456;
    return *count = 2, 0;
}
int nvmlDeviceGetProcessUtilization(void* device, ProcessSample* samples, unsigned* count, unsigned long long since) {
    if (device != &first || since > 5)
        return kNotFound;
    samples[0].pid = process();
    samples[0].time = 5;
    samples[0].sm = 80;
    return *count = 1, 0;
}
