/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands for libdl.so.2 while nvml_probe.c is linked, so that it asks for the oldest names of these two and runs with
 * every glibc. Never loaded.
 */
void* dlopen(const char* name, int flags) { return (char*)name + flags; }
void* dlsym(void* library, const char* name) { return (char*)library + *name; }
