#pragma once

#include <elf.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "src/base/temporary_directory.h"
#include "src/launch/probe/probe.h"
#include "src/launch/probe/world.h"

/// For tests: whole machines as folders.
namespace nam56r::launch::probe::testing {

/// Bytes of a shared object that says |soname| and needs |needed|; for reading, not for loading.
inline std::string SharedObject(const std::string& soname, const std::vector<std::string>& needed,
                                const std::string& runpath = {}, const std::string& rpath = {}) {
  std::string strings(1, '\0');
  std::vector<Elf64_Dyn> entries;
  const auto add = [&](Elf64_Sxword tag, const std::string& text) {
    if (text.empty()) return;
    Elf64_Dyn entry{};
    entry.d_tag = tag;
    entry.d_un.d_val = strings.size();
    entries.push_back(entry);
    strings += text + '\0';
  };
  add(DT_SONAME, soname);
  for (const std::string& name : needed) add(DT_NEEDED, name);
  add(DT_RUNPATH, runpath);
  add(DT_RPATH, rpath);
  constexpr std::uint64_t kBase = 0x400000;
  const std::uint64_t dynamic = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr);
  const std::uint64_t table = dynamic + (entries.size() + 3) * sizeof(Elf64_Dyn);
  const auto number = [&](Elf64_Sxword tag, std::uint64_t value) {
    Elf64_Dyn entry{};
    entry.d_tag = tag;
    entry.d_un.d_val = value;
    entries.push_back(entry);
  };
  number(DT_STRTAB, kBase + table);
  number(DT_STRSZ, strings.size());
  number(DT_NULL, 0);

  Elf64_Ehdr head{};
  std::memcpy(head.e_ident, ELFMAG, SELFMAG);
  head.e_ident[EI_CLASS] = ELFCLASS64;
  head.e_ident[EI_DATA] = ELFDATA2LSB;
  head.e_type = ET_DYN;
  head.e_machine = EM_X86_64;
  head.e_phoff = sizeof head;
  head.e_phentsize = sizeof(Elf64_Phdr);
  head.e_phnum = 2;
  Elf64_Phdr load{};
  load.p_type = PT_LOAD;
  load.p_vaddr = kBase;
  load.p_filesz = table + strings.size();
  Elf64_Phdr section{};
  section.p_type = PT_DYNAMIC;
  section.p_offset = dynamic;
  section.p_filesz = entries.size() * sizeof(Elf64_Dyn);
  std::string bytes;
  const auto append = [&](const void* data, std::size_t size) {
    bytes.append(static_cast<const char*>(data), size);
  };
  append(&head, sizeof head);
  append(&load, sizeof load);
  append(&section, sizeof section);
  append(entries.data(), entries.size() * sizeof(Elf64_Dyn));
  return bytes + strings;
}

/// Bytes of /etc/ld.so.cache with these names and paths.
inline std::string LoaderCache(const std::vector<std::pair<std::string, std::string>>& entries) {
  const std::size_t head = 48;
  std::string table;
  std::string strings;
  const auto number = [](std::string& into, std::uint32_t value) {
    into.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  const std::size_t start = head + 24 * entries.size();
  for (const auto& [name, path] : entries) {
    number(table, 0x0303);
    number(table, static_cast<std::uint32_t>(start + strings.size()));
    strings += name + '\0';
    number(table, static_cast<std::uint32_t>(start + strings.size()));
    strings += path + '\0';
    for (int i = 0; i < 3; ++i) number(table, 0);
  }
  std::string bytes = "glibc-ld.so.cache1.1";
  number(bytes, static_cast<std::uint32_t>(entries.size()));
  number(bytes, static_cast<std::uint32_t>(strings.size()));
  bytes.resize(head, '\0');
  return bytes + table + strings;
}

/// What a test says of the world; the defaults are a healthy node of eight H200.
class FakeWorld final : public World {
 public:
  /// An empty file system, no GPU.
  enum Bare { kBare };
  explicit FakeWorld(Bare) {}

  FakeWorld() {
    gpus.present = true;
    gpus.driver = "570.86.15";
    gpus.cuda = "12.8";
    for (int i = 0; i < 8; ++i) {
      Gpu gpu;
      gpu.name = "NVIDIA H200";
      gpu.uuid = "GPU-" + std::to_string(i);
      gpu.pci_bus_id = "00000000:0" + std::to_string(i) + ":00.0";
      gpu.architecture = "sm_90";
      gpu.memory_total = 150'754'820'096;  // as an H200 says
      gpu.memory_reserved = 550'000'000;
      gpu.links = gpu.links_active = 18;
      gpu.ecc_volatile = EccErrors{};
      gpu.ecc_aggregate = EccErrors{};
      gpu.mig = false;
      gpu.persistence = true;
      gpu.fabric = "completed";
      gpus.gpus.push_back(gpu);
      File("/sys/bus/pci/devices/0000:0" + std::to_string(i) + ":00.0/local_cpulist",
           i < 4 ? "0-7\n" : "8-15\n");
    }
    File("/proc/sys/kernel/hostname", "node7\n");
    File("/proc/sys/kernel/osrelease", "6.8.0-60-generic\n");
    File("/proc/sys/kernel/random/boot_id", "5f1d\n");
    File("/etc/os-release", "NAME=x\nPRETTY_NAME=\"Ubuntu 24.04.2 LTS\"\n");
    File("/proc/cpuinfo", "processor\t: 0\nmodel name\t: Xeon\n");
    File("/proc/self/status", "Name:\tx\nCpus_allowed_list:\t0-7,12\n");
    File("/proc/self/cgroup", "0::/job/step\n");
    File("/proc/meminfo",
         "MemTotal:       1048576 kB\nMemAvailable:    524288 kB\nSwapTotal: 0 kB\n");
    File("/sys/fs/cgroup/job/memory.max", "536870912\n");
    File("/sys/fs/cgroup/job/memory.current", "4096\n");
    File("/sys/fs/cgroup/job/step/memory.max", "max\n");
    File("/sys/fs/cgroup/pids.max", "4096\n");
    File("/proc/self/limits",
         "Limit                     Soft Limit           Hard Limit           Units     \n"
         "Max processes             unlimited            unlimited            processes \n"
         "Max open files            1048576              1048576              files     \n"
         "Max locked memory         unlimited            unlimited            bytes     \n");
    File("/sys/class/net/eth0/operstate", "up\n");
    File("/sys/class/net/eth0/mtu", "9000\n");
    File("/sys/class/net/eth0/speed", "100000\n");
    File("/sys/class/net/lo/operstate", "unknown\n");
    File("/sys/class/infiniband/mlx5_0/fw_ver", "28.43\n");
    File("/sys/class/infiniband/mlx5_0/hca_type", "MT4129\n");
    File("/sys/class/infiniband/mlx5_0/device/numa_node", "0\n");
    File("/sys/class/infiniband/mlx5_0/ports/1/state", "4: ACTIVE\n");
    File("/sys/class/infiniband/mlx5_0/ports/1/rate", "400 Gb/sec (4X NDR)\n");
    File("/sys/class/infiniband/mlx5_0/ports/1/link_layer", "InfiniBand\n");
    File("/dev/nvidia-nvswitch0", "");
    File("/dev/nvidia-nvswitchctl", "");
    File("/proc/4711/comm", "nv-fabricmanage\n");
    File("/proc/4712/comm", "python3\n");
    Folder("/proc/4711/fd");
    Folder("/proc/4712/fd");
    Folder("/dev/shm");
    addresses = {{"lo", "127.0.0.1"}, {"eth0", "10.0.0.7"}};
  }

  /// The same machine again; its files are shared until one of the two changes some.
  FakeWorld(const FakeWorld&) = default;

  void File(const std::string& path, const std::string& bytes) {
    Own();
    const auto here = directory_->path() / std::filesystem::path(path).relative_path();
    std::filesystem::create_directories(here.parent_path());
    std::ofstream(here, std::ios::binary) << bytes;
  }
  void Folder(const std::string& path) {
    Own();
    std::filesystem::create_directories(directory_->path() /
                                        std::filesystem::path(path).relative_path());
  }
  void Link(const std::string& path, const std::string& target) {
    Own();
    const auto here = directory_->path() / std::filesystem::path(path).relative_path();
    std::filesystem::create_directories(here.parent_path());
    std::filesystem::create_symlink(target, here);
  }

  std::filesystem::path Root() const override { return directory_->path(); }
  std::optional<Space> SpaceAt(const std::filesystem::path& path) override {
    const auto it = space.find(path.string());
    return it == space.end() ? Space{std::int64_t{1} << 40, std::int64_t{1} << 39} : it->second;
  }
  Topology Processors() override { return ReadTopology("pack:2 numa:1 core:8 pu:1"); }
  NvmlReading Gpus() override { return gpus; }
  std::vector<InterfaceAddress> Addresses() override { return addresses; }
  std::string TryPort(const std::string&, std::int64_t) override { return port_error; }
  std::string TryReach(const std::string&, std::int64_t, std::chrono::milliseconds) override {
    return reach_error;
  }
  base::ProgramRunner& Programs() override { return programs; }
  std::int64_t Now() override { return now; }

  struct FakePrograms final : base::ProgramRunner {
    base::ProgramEnd Run(const base::Program& program) override {
      asked.push_back(program);
      return end;
    }
    std::vector<base::Program> asked;
    base::ProgramEnd end;
  };

  NvmlReading gpus;
  std::vector<InterfaceAddress> addresses;
  std::map<std::string, Space> space;
  std::string port_error;
  std::string reach_error;
  FakePrograms programs;
  std::int64_t now = 0;

 private:
  void Own() {
    if (directory_.use_count() == 1) return;
    auto own = std::make_shared<base::TemporaryDirectory>();
    std::filesystem::copy(directory_->path(), own->path(),
                          std::filesystem::copy_options::recursive |
                              std::filesystem::copy_options::copy_symlinks |
                              std::filesystem::copy_options::overwrite_existing);
    directory_ = std::move(own);
  }

  std::shared_ptr<base::TemporaryDirectory> directory_ =
      std::make_shared<base::TemporaryDirectory>();
};

/// The interpreter, packages and checkout of a Megatron run below /venv and /megatron.
inline void InstallMegatron(FakeWorld& world) {
  world.File("/usr/bin/python3.12",
             "\x7f"
             "ELF");
  world.File("/usr/include/python3.12/patchlevel.h", "#define PY_VERSION \"3.12.3\"\n");
  world.Link("/venv/bin/python", "../../usr/bin/python3.12");
  world.File("/venv/pyvenv.cfg", "home = /usr/bin\ninclude-system-site-packages = false\n");
  const std::string site = "/venv/lib/python3.12/site-packages/";
  world.File(site + "torch/__init__.py", "");
  world.File(site + "torch/version.py",
             "__version__ = '2.9.0+cu128'\ncuda: Optional[str] = '12.8'\n");
  world.File(site + "torch-2.9.0+cu128.dist-info/METADATA",
             "Metadata-Version: 2.1\nName: torch\nVersion: 2.9.0+cu128\n\nVersion: 0\n");
  world.File(site + "torch-2.9.0+cu128.dist-info/RECORD", "torch/__init__.py,sha256=x,0\n");
  world.File(site + "torch/lib/libtorch_python.so",
             SharedObject("libtorch_python.so", {"libtorch_cuda.so", "libc.so.6"},
                          "$ORIGIN:$ORIGIN/../../nvidia/nccl/lib"));
  world.File(site + "torch/lib/libtorch_cuda.so",
             SharedObject("libtorch_cuda.so", {"libnccl.so.2", "libnowhere.so.1"},
                          "$ORIGIN/../../nvidia/nccl/lib"));
  world.File(site + "nvidia/nccl/lib/libnccl.so.2", SharedObject("libnccl.so.2", {"libc.so.6"}));
  world.File(site + "nvidia_nccl_cu12-2.27.3.dist-info/METADATA", "Version: 2.27.3\n\n");
  world.File("/lib/x86_64-linux-gnu/libc.so.6", SharedObject("libc.so.6", {}));
  world.File("/usr/lib/x86_64-linux-gnu/libcuda.so.570.86.15", SharedObject("libcuda.so.1", {}));
  world.Link("/usr/lib/x86_64-linux-gnu/libcuda.so.1", "libcuda.so.570.86.15");
  world.File("/etc/ld.so.cache",
             LoaderCache({{"libc.so.6", "/lib/x86_64-linux-gnu/libc.so.6"},
                          {"libcuda.so.1", "/usr/lib/x86_64-linux-gnu/libcuda.so.1"}}));
  world.File("/megatron/megatron/core/__init__.py", "");
  world.File("/megatron/megatron/core/package_info.py",
             "MAJOR = 0\nMINOR = 19\nPATCH = 0\nPRE_RELEASE = ''\n");
  world.File("/megatron/.git/HEAD", "ref: refs/heads/main\n");
  world.File("/megatron/.git/packed-refs", "# pack-refs\n0123abcd refs/heads/main\n");
  world.programs.end.started = true;
  world.programs.end.exit_code = 0;
}

}  // namespace nam56r::launch::probe::testing
