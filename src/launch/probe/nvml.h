#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What NVIDIA's management library says of the GPUs. The library is opened when it is there; it is
/// never linked.
namespace nam56r::launch::probe {

struct GpuProcess {
  std::int64_t pid = 0;
  std::optional<std::int64_t> bytes;  ///< of GPU memory; the driver does not always know
};

struct EccErrors {
  std::int64_t corrected = 0;
  std::int64_t uncorrected = 0;
};

/// One GPU. What is absent, the library did not say.
struct Gpu {
  std::string name;  ///< "NVIDIA H200"
  std::string uuid;
  std::string pci_bus_id;            ///< "00000000:1B:00.0"
  std::string architecture;          ///< "sm_90"
  std::int64_t memory_total = 0;     ///< bytes
  std::int64_t memory_used = 0;      ///< bytes, without what the driver reserves
  std::int64_t memory_reserved = 0;  ///< bytes, by driver and firmware
  std::vector<GpuProcess> processes;
  std::int64_t links = 0;                  ///< NVLinks that it has
  std::int64_t links_active = 0;           ///< of them, those that are up
  std::optional<EccErrors> ecc_volatile;   ///< since the driver was loaded
  std::optional<EccErrors> ecc_aggregate;  ///< since the GPU was made
  std::optional<bool> mig;
  std::optional<bool> persistence;
  std::vector<std::string> clock_limits;  ///< why it runs slower than it could: "hw_slowdown"
  /// Registration with the NVSwitch fabric: "completed", ...; absent where there is none.
  std::optional<std::string> fabric;
};

struct NvmlReading {
  bool present = false;  ///< the library is there and answers
  std::string why;       ///< when it is not: "no NVML here"
  std::string driver;    ///< "570.86.15"
  std::string cuda;      ///< newest CUDA that the driver runs: "12.8"
  std::vector<Gpu> gpus;
  std::vector<std::string> not_read;  ///< "gpu 3: lost"
};

/// Opens the library, asks, closes it.
NvmlReading ReadNvml(const char* library = "libnvidia-ml.so.1");

}  // namespace nam56r::launch::probe
