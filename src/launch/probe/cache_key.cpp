#include "src/launch/probe/cache_key.h"

#include <fmt/format.h>

#include "src/base/files.h"
#include "src/base/utf8.h"
#include "src/launch/cache_directory.h"
#include "src/launch/host_error.h"
#include "src/launch/probe/files.h"

namespace nam56r::launch::probe {

base::Expected<std::string> CacheKey(const contract::ReadContract& contract, const host::Host& host,
                                     const std::string& lifetime) {
  if (lifetime == "contract") return contract.digest;
  return HostCacheName(contract, host);
}

base::Status WriteCacheKey(const std::filesystem::path& directory, const std::string& key) {
  const auto made = base::MakePrivateDirectories(directory, base::Surface::kHost);
  if (!made) return made.errors();
  const auto said = Files("/").Line(std::filesystem::absolute(directory) / kCacheKeyFile);
  if (said && *said != key) return OtherCacheKey(directory.string(), key, *said);
  if (said) return base::Ok{};
  return base::WriteFileAtomically(directory / kCacheKeyFile, key + "\n", base::Surface::kHost);
}

base::Diagnostic OtherCacheKey(const std::string& directory, const std::string& wanted,
                               const std::string& found) {
  base::Diagnostic error = HostError(
      "PROBE0017", fmt::format("the cache {} holds kernels of another configuration", directory),
      "remove the directory, or move it to where its own key belongs");
  error.where = {{{directory, 0, 0}, "its key file says " + base::EscapeControls(found)},
                 {{"the contract", 0, 0}, "its key is " + wanted}};
  error.fields = {"caches.key"};
  return error;
}

}  // namespace nam56r::launch::probe
