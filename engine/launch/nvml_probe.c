/* SPDX-License-Identifier: Apache-2.0
 *
 * lathe-nvml-probe: what NVIDIA's driver says of its GPUs, as lines of text (https://docs.nvidia.com/deploy/nvml-api/).
 *
 *   lathe-nvml-probe once    the devices, and ends
 *   lathe-nvml-probe MS      the devices, then a round of readings every MS milliseconds, until nobody reads
 *
 *   D <driver>   C <CUDA version, 12080 is 12.8>   G <index> <uuid> <bytes> <PCI> <name>
 *   S <index> <utilization %> <bytes used> <milliwatts> <degrees>    then for each process of that device
 *   P <index> <pid> <bytes used>   U <index> <pid> <utilization %>   and at the end of the round   E
 * What the driver does not tell is "-". Exit code 3: no driver library; 4: the driver does not answer.
 *
 * It must run on machines far older than the one that builds it, while a program linked as usual asks for the C library
 * that it was built with. So it is linked against nothing but dlopen and dlsym, under the oldest version of their
 * names (nvml_probe_stub.map), starts without the C startup files, and speaks to the kernel itself.
 */
#include <stddef.h>
#include <stdint.h>

extern void* dlopen(const char* name, int flags);
extern void* dlsym(void* library, const char* name);

enum { kNow = 2, kMaxDevices = 64, kMaxProcesses = 256 };

/* system calls */

#if defined(__x86_64__)
enum { kWrite = 1, kNanosleep = 35, kExit = 231 };
static long call3(long number, long a, long b, long c) {
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}
__asm__(".globl _start\n_start:\n xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call probeMain\n hlt\n");
#elif defined(__aarch64__)
enum { kWrite = 64, kNanosleep = 101, kExit = 94 };
static long call3(long number, long a, long b, long c) {
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    return x0;
}
__asm__(".globl _start\n_start:\n mov x29, #0\n mov x30, #0\n mov x0, sp\n and sp, x0, #-16\n bl probeMain\n");
#endif

__attribute__((noreturn)) static void leave(int code) {
    for (;;)
        call3(kExit, code, 0, 0);
}

/* text */

static char text[65536];
static size_t used;

static void flush(void) {
    for (size_t at = 0; at < used;) {
        const long wrote = call3(kWrite, 1, (long)(text + at), (long)(used - at));
        if (wrote == -4) /* EINTR */
            continue;
        if (wrote <= 0)
            leave(0);
        at += (size_t)wrote;
    }
    used = 0;
}

static void put(const char* word) {
    for (; *word; ++word) {
        if (used == sizeof text)
            flush();
        text[used++] = *word;
    }
}

static void putNumber(uint64_t number) {
    char digits[24];
    int at = 23;
    digits[at] = 0;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    put(" ");
    put(digits + at);
}

static void putKnown(int known, uint64_t number) {
    if (known)
        putNumber(number);
    else
        put(" -");
}

/* NVML */

typedef void* Device;
typedef struct { unsigned long long total, free, used; } Memory;
typedef struct { unsigned gpu, memory; } Utilization;
typedef struct { char legacyId[16]; unsigned domain, bus, device, deviceId, subsystemId; char id[32]; } Pci;
typedef struct { unsigned pid; unsigned long long memory; unsigned instance, computeInstance; } ProcessInfo;
typedef struct { unsigned pid; unsigned long long memory; } OldProcessInfo;
typedef struct { unsigned pid; unsigned long long time; unsigned sm, memory, encoder, decoder; } ProcessSample;

static void* library;
static Device devices[kMaxDevices];
static unsigned deviceCount;
static unsigned long long lastSample[kMaxDevices];

static int (*memoryOf)(Device, Memory*);
static int (*utilizationOf)(Device, Utilization*);
static int (*powerOf)(Device, unsigned*);
static int (*temperatureOf)(Device, int, unsigned*);
static int (*processesOf)(Device, unsigned*, ProcessInfo*);
static int (*oldProcessesOf)(Device, unsigned*, OldProcessInfo*);
static int (*samplesOf)(Device, ProcessSample*, unsigned*, unsigned long long);

#define FIND(name) ((void*)dlsym(library, name))

static const char* variable(char** environment, const char* name) {
    for (; *environment; ++environment) {
        const char *a = *environment, *b = name;
        while (*b && *a == *b)
            ++a, ++b;
        if (!*b && *a == '=' && a[1])
            return a + 1;
    }
    return NULL;
}

static void open_(char** environment) {
    const char* named = variable(environment, "LATHE_NVML_LIBRARY");
    library = named ? dlopen(named, kNow) : dlopen("libnvidia-ml.so.1", kNow);
    if (!library && !named)
        library = dlopen("/usr/lib/wsl/lib/libnvidia-ml.so.1", kNow);
    if (!library)
        leave(3);
    int (*init)(void) = FIND("nvmlInit_v2");
    if (!init || init() != 0)
        leave(4);
    memoryOf = FIND("nvmlDeviceGetMemoryInfo");
    utilizationOf = FIND("nvmlDeviceGetUtilizationRates");
    powerOf = FIND("nvmlDeviceGetPowerUsage");
    temperatureOf = FIND("nvmlDeviceGetTemperature");
    processesOf = FIND("nvmlDeviceGetComputeRunningProcesses_v3");
    if (!processesOf)
        processesOf = FIND("nvmlDeviceGetComputeRunningProcesses_v2");
    oldProcessesOf = FIND("nvmlDeviceGetComputeRunningProcesses");
    samplesOf = FIND("nvmlDeviceGetProcessUtilization");
}

static void putDevices(void) {
    char name[128];
    unsigned version = 0;
    int (*driver)(char*, unsigned) = FIND("nvmlSystemGetDriverVersion");
    int (*cuda)(int*) = FIND("nvmlSystemGetCudaDriverVersion_v2");
    int (*count)(unsigned*) = FIND("nvmlDeviceGetCount_v2");
    int (*handle)(unsigned, Device*) = FIND("nvmlDeviceGetHandleByIndex_v2");
    int (*uuid)(Device, char*, unsigned) = FIND("nvmlDeviceGetUUID");
    int (*title)(Device, char*, unsigned) = FIND("nvmlDeviceGetName");
    int (*pci)(Device, Pci*) = FIND("nvmlDeviceGetPciInfo_v3");
    if (driver && driver(name, sizeof name) == 0) {
        put("D ");
        put(name);
        put("\n");
    }
    if (cuda && cuda((int*)&version) == 0) {
        put("C");
        putNumber(version);
        put("\n");
    }
    if (!count || !handle || count(&deviceCount) != 0)
        leave(4);
    if (deviceCount > kMaxDevices)
        deviceCount = kMaxDevices;
    for (unsigned i = 0; i < deviceCount; ++i) {
        if (handle(i, &devices[i]) != 0) {
            devices[i] = NULL; /* it fell off the bus */
            continue;
        }
        Memory memory;
        static Pci place;
        put("G");
        putNumber(i);
        put(" ");
        put(uuid && uuid(devices[i], name, sizeof name) == 0 ? name : "-");
        const int known = memoryOf && memoryOf(devices[i], &memory) == 0;
        putKnown(known, known ? memory.total : 0);
        put(" ");
        put(pci && pci(devices[i], &place) == 0 && place.id[0] ? place.id : "-");
        put(" ");
        put(title && title(devices[i], name, sizeof name) == 0 ? name : "-");
        put("\n");
    }
    flush();
}

static void putProcess(const char* kind, unsigned index, unsigned pid, int known, unsigned long long value) {
    put(kind);
    putNumber(index);
    putNumber(pid);
    putKnown(known, value);
    put("\n");
}

static void putProcesses(unsigned i) {
    static ProcessInfo found[kMaxProcesses];
    static OldProcessInfo old[kMaxProcesses];
    static ProcessSample samples[kMaxProcesses];
    unsigned count = kMaxProcesses;
    if (processesOf) {
        if (processesOf(devices[i], &count, found) == 0)
            for (unsigned k = 0; k < count; ++k)
                putProcess("P", i, found[k].pid, found[k].memory != ~0ULL, found[k].memory);
    } else if (oldProcessesOf && oldProcessesOf(devices[i], &count, old) == 0) {
        for (unsigned k = 0; k < count; ++k)
            putProcess("P", i, old[k].pid, old[k].memory != ~0ULL, old[k].memory);
    }
    count = kMaxProcesses;
    if (samplesOf && samplesOf(devices[i], samples, &count, lastSample[i]) == 0) {
        for (unsigned k = 0; k < count; ++k) {
            if (samples[k].time > lastSample[i])
                lastSample[i] = samples[k].time;
            if (samples[k].pid && samples[k].sm <= 100)
                putProcess("U", i, samples[k].pid, 1, samples[k].sm);
        }
    }
}

static void putReadings(void) {
    for (unsigned i = 0; i < deviceCount; ++i) {
        if (!devices[i])
            continue;
        Utilization utilization;
        Memory memory;
        unsigned power = 0, degrees = 0;
        const int hasUse = utilizationOf && utilizationOf(devices[i], &utilization) == 0;
        const int hasMemory = memoryOf && memoryOf(devices[i], &memory) == 0;
        const int hasPower = powerOf && powerOf(devices[i], &power) == 0;
        const int hasDegrees = temperatureOf && temperatureOf(devices[i], 0, &degrees) == 0;
        put("S");
        putNumber(i);
        putKnown(hasUse, hasUse ? utilization.gpu : 0);
        putKnown(hasMemory, hasMemory ? memory.used : 0);
        putKnown(hasPower, power);
        putKnown(hasDegrees, degrees);
        put("\n");
        putProcesses(i);
    }
    put("E\n");
    flush();
}

__attribute__((used, noreturn)) void probeMain(long* stack) {
    const long count = stack[0];
    char** arguments = (char**)(stack + 1);
    long milliseconds = 0;
    if (count > 1)
        for (const char* digit = arguments[1]; *digit >= '0' && *digit <= '9'; ++digit)
            milliseconds = milliseconds * 10 + (*digit - '0');
    open_(arguments + count + 1);
    putDevices();
    while (milliseconds > 0) {
        putReadings();
        const long time[2] = {milliseconds / 1000, milliseconds % 1000 * 1000000};
        call3(kNanosleep, (long)time, 0, 0);
    }
    leave(0);
}
