// GPUs and what drives them
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] = {
    {.code = "WHY1501",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "A GPU fell off the bus",
     .cause = "A GPU fell off the PCI bus.",
     .all =
         {R"((?:GPU has fallen off the bus|NVRM: Xid \(\S+\): 79\b|Xid[^0-9]{1,12}79\b|GPU is lost))"},
     .confidence = 0.95,
     .next = "Power-cycle the node and take it out of service if it happens again; look at power, "
             "cooling and the PCI link.",
     .fields = {"host.machine"},
     .why = "The driver lost the device: power, heat, a riser or the GPU itself. No program can "
            "cause or cure it.",
     .matches = "[12345.6] NVRM: Xid (PCI:0000:1b:00): 79, pid=4711, GPU has fallen off the bus.",
     .near_miss = "[12345.6] NVRM: Xid (PCI:0000:1b:00): 31, pid=4711, Ch 00000008",
     .source = "NVIDIA, XID Errors (docs.nvidia.com/deploy/xid-errors), Xid 79; "
               "NVIDIA/open-gpu-kernel-modules src/nvidia"},
    {.code = "WHY1502",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "Memory error of a GPU in the kernel log",
     .cause = "The kernel log has Xid {1}: an uncorrectable error of a GPU's memory.",
     .all = {R"(NVRM: Xid \(\S+\): (48|64|94|95|140|171|172)\b)"},
     .confidence = 0.95,
     .next = "Take the node out, reset the GPU, and replace it when remapping of rows fails "
             "(nvidia-smi -q -d ROW_REMAPPER).",
     .fields = {"host.machine"},
     .why = "48, 94, 95 and 140 are uncorrected ECC errors, 63 and 64 remapping of a row and its "
            "failure.",
     .matches = "[12345.6] NVRM: Xid (PCI:0000:1b:00): 94, pid=4711, name=python, Ch 00000008, "
                "Contained: CE User Channel (0x9).",
     .near_miss = "[12345.6] NVRM: Xid (PCI:0000:1b:00): 43, pid=4711, Ch 00000010",
     .source =
         "NVIDIA, XID Errors (docs.nvidia.com/deploy/xid-errors), Xid 48, 63, 64, 94, 95, 140"},
    {.code = "WHY1503",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "NVLink or NVSwitch error in the kernel log",
     .cause = "The kernel log says that a link between GPUs failed ({1}).",
     .all =
         {R"((NVRM: Xid \(\S+\): (?:74|144|145|146|147|148|149|150)\b|nvidia-nvswitch\S* SXid \(\S+\): \d+, Fatal))"},
     .confidence = 0.95,
     .next = "Take the node out; look at nvidia-smi nvlink -s and -e, and at the switch and its "
             "cables.",
     .fields = {"host.machine"},
     .why = "NVLink reports these when a link fails training or loses data.",
     .matches = "[12345.6] NVRM: Xid (PCI:0000:1b:00): 74, pid=4711, NVLink: fatal error detected "
                "on link 6(0x10000, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0)",
     .near_miss = "[12345.6] nvidia-nvswitch0: SXid (PCI:0000:05:00.0): 22013, Non-fatal, Link 32 "
                  "Minion Link DLREQ interrupt",
     .source = "NVIDIA, XID Errors (docs.nvidia.com/deploy/xid-errors), Xid 74; NVIDIA Fabric "
               "Manager User Guide, SXid"},
    {.code = "WHY1504",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "The GPU's firmware or engine failed",
     .cause = "The kernel log has Xid {1}: the GPU's firmware, engine or initialisation failed.",
     .all =
         {R"(NVRM: Xid \(\S+\): (8|16|18|32|56|57|61|62|69|109|110|119|120|121|122|123|136|143|151|154|155|156|158)\b)"},
     .confidence = 0.95,
     .next = "Reset the GPU or reboot the node; update driver and firmware when it comes again.",
     .fields = {"host.machine", "host.versions.driver"},
     .why = "119 and 120 are the GPU system processor, 61 and 62 its microcontroller, 121 the "
            "chip-to-chip link, 143 initialisation.",
     .matches = "[12345.6] NVRM: Xid (PCI:0000:1b:00): 119, pid=4711, name=nvidia-smi, Timeout "
                "after 6s of waiting for RPC response from GPU0 GSP!",
     .near_miss = "[12345.6] NVRM: Xid (PCI:0000:1b:00): 13, pid=4711, Graphics Exception",
     .source = "NVIDIA, XID Errors (docs.nvidia.com/deploy/xid-errors)"},
    {.code = "WHY1505",
     .cls = Class::kCode,
     .role = Role::kSymptom,
     .title = "A program's fault in the kernel log",
     .cause = "The kernel log has Xid {1}: a program's kernel accessed memory wrongly or ran into "
              "an exception.",
     .all = {R"(NVRM: Xid \(\S+\): (13|31|43|45|68)\b)"},
     .confidence = 0.5,
     .next = "Run compute-sanitizer over the program; if the same GPU shows it with other "
             "programs, test the GPU.",
     .why =
         "13 and 31 are exceptions and page faults of a kernel, 43 and 45 the end of its channel.",
     .matches = "[12345.6] NVRM: Xid (PCI:0000:1b:00): 31, pid=4711, name=python, Ch 00000008, "
                "intr 00000000. MMU Fault",
     .near_miss = "[12345.6] NVRM: Xid (PCI:0000:1b:00): 79, pid=4711, GPU has fallen off the bus.",
     .source = "NVIDIA, XID Errors (docs.nvidia.com/deploy/xid-errors), Xid 13, 31, 43, 45"},
    {.code = "WHY1506",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "NVML and the driver differ",
     .cause = "The driver's libraries and its kernel module are of different versions.",
     .all = {"(?:Driver/library version mismatch|API mismatch: the client has the "
             "version|NVML_ERROR_LIB_RM_VERSION_MISMATCH)"},
     .confidence = 0.9,
     .next = "Reboot the node, or unload and load the driver's modules: it was updated below "
             "running programs.",
     .fields = {"host.versions.driver"},
     .why = "A package update replaced the libraries and the old module is still loaded.",
     .matches = "Failed to initialize NVML: Driver/library version mismatch",
     .near_miss = "Failed to initialize NVML: Unknown Error",
     .source =
         "NVIDIA NVML API reference (nvmlErrorString), NVML_ERROR_LIB_RM_VERSION_MISMATCH = 18"},
    {.code = "WHY1507",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "A container lost its GPUs",
     .cause = "NVML fails in this container although it worked before: its access to the devices "
              "was taken away.",
     .all = {"(?:[Ff]ailed to initialize NVML: (?:could not load|Unknown Error|Insufficient "
             "Permissions|Driver Not Loaded|GPU access "
             "blocked)|NVMLError_(?:Unknown|NoPermission|DriverNotLoaded|GpuIsLost|LibraryNotFound)"
             "|NVML Shared Library Not Found)"},
     .confidence = 0.85,
     .next = "Pass the device files explicitly (CDI or --device), or use the cgroupfs driver: a "
             "reload of systemd removes the container's device permissions.",
     .fields = {"host.machine"},
     .why = "Device rules that the NVIDIA runtime adds behind systemd's back disappear when "
            "systemd reloads its units.",
     .matches = "Failed to initialize NVML: Unknown Error",
     .near_miss = "Failed to initialize NVML: Driver/library version mismatch",
     .source = "NVIDIA/nvidia-container-toolkit issues 48; NVML API reference (nvmlErrorString)"},
    {.code = "WHY1508",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "A GPU does not answer the driver",
     .cause = "The driver cannot talk to a GPU.",
     .all =
         {R"((?:Unable to determine the device handle for GPU|RmInitAdapter failed|GPU requires reset|Reset required *: *Yes|No devices were found|nvidia-smi has failed because|ERR!\s*\|))"},
     .confidence = 0.9,
     .next =
         "Reset the GPU (nvidia-smi -r) or reboot the node, and take it out if that does not help.",
     .fields = {"host.machine"},
     .why = "The device is listed and not initialised.",
     .matches = "Unable to determine the device handle for GPU0000:1B:00.0: Unknown Error",
     .near_miss = "| 0  NVIDIA H200  On | 00000000:1B:00.0 Off |",
     .source = "NVIDIA/open-gpu-kernel-modules kernel-open/nvidia/nv.c; nvidia-smi"},
    {.code = "WHY1509",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "The fabric manager does not run",
     .cause = "The fabric manager of this NVSwitch machine failed or does not fit the driver.",
     .all = {"(?i)(?:fabric[ -]?manager.*(?:version mismatch|don't match|doesn't match|does not "
             "match|mismatch|not running|failed|is not)|nv-fabricmanager.*(?:failed|error)|failed "
             "to (?:start|initialize).*fabric ?manager|FM init incomplete|driver.*fabric "
             "?manager.*version)"},
     .confidence = 0.9,
     .next = "Install nvidia-fabricmanager in exactly the driver's version, start it, and wait for "
             "the Fabric state Completed.",
     .fields = {"host.versions.driver"},
     .why = "Fabric manager and driver must be of the same version to the last number. Automatic "
            "updates move one of them.",
     .matches = "nv-fabricmanager[1043]: fabric manager NVIDIA GPU driver interface version "
                "550.90.07 don't match with driver version 550.127.05. Please update with matching "
                "NVIDIA driver package.",
     .near_miss = "nv-fabricmanager[1043]: Successfully configured all the available NVSwitches to "
                  "route GPU NVLink traffic.",
     .source = "NVIDIA Fabric Manager User Guide "
               "(docs.nvidia.com/datacenter/tesla/fabric-manager-user-guide)"},
    {.code = "WHY1510",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "The container runtime cannot set up GPUs",
     .cause = "The NVIDIA container runtime failed: {1}.",
     .all =
         {R"((nvidia-container-cli: (?:initialization|mount|ldcache|device|detection|container) error: .*|could not select device driver .*capabilities: \[\[(?:gpu|compute).*|unresolvable CDI devices.*|failed to inject CDI devices.*))"},
     .none = {"unsatisfied condition: cuda"},
     .confidence = 0.8,
     .next = "Check nvidia-smi on the host, then nvidia-ctk runtime configure and a restart of the "
             "container engine.",
     .fields = {"host.machine"},
     .why = "The hook runs before the container's program. It fails where the host's driver does "
            "not work or the runtime is not configured.",
     .matches =
         "nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown.",
     .near_miss = "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.4, "
                  "please update your driver to a newer version",
     .source = "NVIDIA/libnvidia-container src/cli; NVIDIA/nvidia-container-toolkit"},
    {.code = "WHY1511",
     .cls = Class::kStack,
     .role = Role::kRoot,
     .title = "The image needs a newer driver",
     .cause = "The image asks for a newer driver than the host has ({1}).",
     .all = {"unsatisfied condition: (cuda ?[>=<]+ ?[0-9.]+|driver ?[>=<]+ ?[0-9.]+)"},
     .confidence = 0.85,
     .next = "Update the host's driver, or take an image of an older CUDA.",
     .fields = {"host.versions.driver"},
     .why = "Images state the CUDA version that they need in NVIDIA_REQUIRE_CUDA.",
     .matches = "nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.4, "
                "please update your driver to a newer version",
     .near_miss =
         "nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown.",
     .source = "NVIDIA/libnvidia-container src/cli/dsl.c"},
    {.code = "WHY1512",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "GPUs are hot or out of power",
     .cause = "The GPU was slowed down or stopped by heat or power.",
     .all =
         {R"((?:HW (?:Thermal|Power Brake) Slowdown\s*:\s*Active|GPU (?:temperature|power) .*(?:shutdown|critical)|Thermal violation|power cable.*not connected|thermal shutdown))"},
     .confidence = 0.75,
     .next = "Take the node out and look at fans, inlet temperature and power supplies.",
     .fields = {"host.machine"},
     .why = "Hardware slows the clock to protect itself; one slow GPU makes all ranks wait.",
     .matches = "        HW Thermal Slowdown                        : Active",
     .near_miss = "        HW Thermal Slowdown                        : Not Active",
     .source = "NVIDIA NVML API reference (clocks event reasons)"},
    {.code = "WHY1513",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "A machine check or PCI error",
     .cause = "The machine reported a hardware error of CPU, memory or PCI.",
     .all =
         {R"((?:\bmce: \[Hardware Error\]|Machine check events logged|Hardware Error\]: (?:CPU|event severity: fatal|PROC_ID)|AER: (?:Uncorrected|Fatal)|PCIe Bus Error: severity=Uncorrected|EDAC \S+: UE ))"},
     .confidence = 0.85,
     .next = "Take the node out and read the service processor's log.",
     .fields = {"host.machine"},
     .why = "The kernel's report of failing hardware.",
     .matches = "[9.1] mce: [Hardware Error]: CPU 12: Machine Check: 0 Bank 5: bea0000000000108",
     .near_miss = "[9.1] mce: CPU supports 32 MCE banks",
     .source = "torvalds/linux v6.1 arch/x86/kernel/cpu/mce/core.c, drivers/pci/pcie/aer.c"},
    {.code = "WHY1514",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "The GPU's driver modules are not usable",
     .cause = "A kernel module of the GPU's driver is missing or blocked.",
     .all =
         {R"((?:NVRM: (?:No NVIDIA GPU found|The NVIDIA probe routine|GPU \S+: RmInitAdapter failed|nvidia_uvm.*fail)|modprobe: (?:FATAL|ERROR).*nvidia|NVIDIA kernel module .* (?:not loaded|missing)|nvidia-modprobe.*(?:fail|error)|nvidia-persistenced.*(?:[Ff]ailed)))"},
     .confidence = 0.8,
     .next = "Build the module for the running kernel (dkms status) and load it; sign it where "
             "secure boot is on.",
     .fields = {"host.versions.driver"},
     .why = "A kernel update without a rebuilt module is the usual reason.",
     .matches = "modprobe: FATAL: Module nvidia not found in directory /lib/modules/6.1.0-25-amd64",
     .near_miss = "nvidia-persistenced: Started (4711)",
     .source = "NVIDIA/open-gpu-kernel-modules kernel-open/nvidia"},
    {.code = "WHY1515",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "The driver refuses memory shared between GPUs",
     .cause = "The driver refused memory that GPUs or nodes share ({1}).",
     .all =
         {R"(((?:cu|cuda)(?:Mem|Multicast)(?:Create|Map|SetAccess|ExportToShareableHandle|ImportFromShareableHandle|BindMem|AddDevice|GetGranularity)\S* .*(?:not permitted|not supported|failed|cannot be performed in the present state)|the operation cannot be performed in the present state|CUDA_ERROR_NOT_PERMITTED|CUDA_ERROR_ILLEGAL_STATE))"},
     .none = {"out of memory", "stream is capturing"},
     .confidence = 0.7,
     .next = "Check the Fabric state in nvidia-smi -q, IMEX channels "
             "(/dev/nvidia-caps-imex-channels) and the container's device files.",
     .fields = {"host.machine"},
     .why = "Exportable and multicast memory need the fabric manager's consent and, between nodes, "
            "an IMEX channel that the process may open.",
     .matches = "RuntimeError: GpuBuffer cuMemCreate failed: operation not permitted",
     .near_miss = "RuntimeError: CUDA error: operation not permitted when stream is capturing",
     .source = "NVIDIA CUDA driver API 12, Virtual Memory Management; CUDA_ERROR_NOT_PERMITTED = "
               "800, CUDA_ERROR_ILLEGAL_STATE = 401"},
    {.code = "WHY1516",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "The GPU driver reports an error",
     .cause = "The GPU driver reports an error in the kernel log: {1}.",
     .all =
         {R"(NVRM: (.*(?:NV_ERR_\w+|Check failed|Assertion failed|rm_init_adapter failed|failed to copy vbios|timed? ?out).*))"},
     .confidence = 0.75,
     .next =
         "Read the kernel log around it, reset the GPU, and update the driver when it comes again.",
     .fields = {"host.machine", "host.versions.driver"},
     .why = "The driver's own complaint, beside its numbered Xid events.",
     .matches = "[1891044.5] NVRM: nvCheckOkFailedNoLog: Check failed: NVLink fabric state cached "
                "by the driver is out of sync [NV_ERR_FABRIC_STATE_OUT_OF_SYNC] (0x00000087)",
     .near_miss = "[3.2] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  550.54.14",
     .source = "NVIDIA/open-gpu-kernel-modules src/nvidia"},
};

}  // namespace

std::span<const Signature> GpuHostSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
