#include "runtime/comm/rendezvous.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>

namespace nam56r::runtime {
namespace {

constexpr std::string_view kFix =
    "start the worker through `nam56r launch` or torchrun, which set RANK, WORLD_SIZE, MASTER_ADDR "
    "and MASTER_PORT";

base::Diagnostic VariableRefusal(std::string name, std::string message, std::string valid) {
  base::Diagnostic diagnostic;
  diagnostic.code = "COMM0002";
  diagnostic.surface = base::Surface::kHost;
  diagnostic.message = std::move(message);
  diagnostic.fields = {std::move(name)};
  diagnostic.valid = {std::move(valid)};
  diagnostic.fix = kFix;
  return diagnostic;
}

class Reader {
 public:
  explicit Reader(const EnvironmentReader& read) : read_(read) {}

  std::string Text(const char* name) {
    const char* value = read_(name);
    if (value == nullptr || *value == '\0') {
      errors_.push_back(
          VariableRefusal(name, fmt::format("{} is not set", name), "a host name or address"));
      return "";
    }
    return value;
  }

  std::int64_t Integer(const char* name, std::int64_t low, std::int64_t high) {
    const std::string range = fmt::format("an integer from {} to {}", low, high);
    const char* value = read_(name);
    if (value == nullptr || *value == '\0') {
      errors_.push_back(VariableRefusal(name, fmt::format("{} is not set", name), range));
      return low;
    }
    const std::string_view text = value;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < low || number > high) {
      errors_.push_back(VariableRefusal(name, fmt::format("{}={} is not {}", name, text, range), range));
      return low;
    }
    return number;
  }

  base::Diagnostics& errors() { return errors_; }

 private:
  const EnvironmentReader& read_;
  base::Diagnostics errors_;
};

}  // namespace

base::Expected<Rendezvous> RendezvousFromEnvironment(const EnvironmentReader& read) {
  Reader reader(read);
  Rendezvous rendezvous;
  rendezvous.world_size = reader.Integer("WORLD_SIZE", 1, 1 << 20);
  const bool world_known = reader.errors().empty();
  rendezvous.rank = reader.Integer("RANK", 0, world_known ? rendezvous.world_size - 1 : 1 << 20);
  rendezvous.master_address = reader.Text("MASTER_ADDR");
  rendezvous.master_port = static_cast<std::uint16_t>(reader.Integer("MASTER_PORT", 1, 65535));
  if (const char* interface = read("GLOO_SOCKET_IFNAME")) rendezvous.interface = interface;
  if (!reader.errors().empty()) return reader.errors();
  return rendezvous;
}

}  // namespace nam56r::runtime
