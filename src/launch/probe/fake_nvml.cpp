// A library that answers as NVML does, with two GPUs of which the second is lost: what the reader
// makes of the real one's types is tested against this, with a table of values.
#include <cstdio>
#include <cstring>

namespace {

constexpr int kSuccess = 0;
constexpr int kNotSupported = 3;
constexpr int kInsufficientSize = 7;
constexpr int kGpuIsLost = 15;
constexpr unsigned kProcesses = 70;  // more than the reader asks for at first

int Put(char* text, unsigned length, const char* value) {
  std::snprintf(text, length, "%s", value);
  return kSuccess;
}

}  // namespace

extern "C" {

int nvmlInit_v2() { return kSuccess; }
int nvmlShutdown() { return kSuccess; }
const char* nvmlErrorString(int error) { return error == kGpuIsLost ? "GPU is lost" : "Other"; }
int nvmlSystemGetDriverVersion(char* text, unsigned length) {
  return Put(text, length, "570.86.15");
}
int nvmlSystemGetCudaDriverVersion_v2(int* version) {
  *version = 12080;
  return kSuccess;
}
int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = 2;
  return kSuccess;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  static int gpu = 0;
  *device = &gpu;
  return index == 0 ? kSuccess : kGpuIsLost;
}
int nvmlDeviceGetName(void*, char* text, unsigned length) {
  return Put(text, length, "NVIDIA H200");
}
int nvmlDeviceGetUUID(void*, char* text, unsigned length) { return Put(text, length, "GPU-1"); }
int nvmlDeviceGetPciInfo_v3(void*, void* info) {
  // busId stands behind 16 bytes of the old form and five numbers.
  std::memset(info, 0, 68);
  std::strcpy(static_cast<char*>(info) + 36, "00000000:1B:00.0");
  return kSuccess;
}
int nvmlDeviceGetCudaComputeCapability(void*, int* major, int* minor) {
  *major = 9;
  *minor = 0;
  return kSuccess;
}
int nvmlDeviceGetMemoryInfo_v2(void*, void* info) {
  struct Info {
    unsigned version;
    unsigned long long total, reserved, free, used;
  };
  Info* memory = static_cast<Info*>(info);
  if (memory->version != 0x02000028u) return kNotSupported;  // nvmlMemory_v2
  *memory = {memory->version, 1000, 10, 600, 390};
  return kSuccess;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void*, unsigned* count, void* infos) {
  struct Info {
    unsigned pid;
    unsigned long long bytes;
    unsigned gpu, compute;
  };
  const unsigned room = *count;
  *count = kProcesses;
  if (room < kProcesses) return kInsufficientSize;
  for (unsigned i = 0; i < kProcesses; ++i) {
    static_cast<Info*>(infos)[i] = {100 + i, i == 0 ? ~0ull : 5ull, ~0u, ~0u};
  }
  return kSuccess;
}
int nvmlDeviceGetNvLinkState(void*, unsigned link, int* active) {
  if (link >= 18) return kNotSupported;
  *active = link == 3 ? 0 : 1;
  return kSuccess;
}
int nvmlDeviceGetTotalEccErrors(void*, int type, int counter, unsigned long long* count) {
  *count = static_cast<unsigned long long>(10 * counter + type);
  return kSuccess;
}
int nvmlDeviceGetMigMode(void*, unsigned* current, unsigned* pending) {
  *current = 0;
  *pending = 1;
  return kSuccess;
}
int nvmlDeviceGetPersistenceMode(void*, int* mode) {
  *mode = 1;
  return kSuccess;
}
int nvmlDeviceGetCurrentClocksThrottleReasons(void*, unsigned long long* reasons) {
  *reasons = 0x01 | 0x08 | 0x40;  // idle, and two that cost speed
  return kSuccess;
}
int nvmlDeviceGetGpuFabricInfo(void*, void* info) {
  std::memset(info, 0, 28);
  static_cast<unsigned char*>(info)[24] = 2;  // in progress
  return kSuccess;
}

}  // extern "C"
