#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

/// What a receipt keeps of texts that may hold a secret. base/secrets.h says what a secret is.
namespace nam56r::launch {

/// What stands in a receipt instead of a secret.
inline constexpr std::string_view kRedacted = "<redacted>";

/// |value| of the variable |name|: kRedacted where the name says that it is a secret, or where the
/// value looks like one. A path does not: directories are named after digests.
std::string RedactedValue(const std::string& name, const std::string& value);

/// The word |at| of |argv|: kRedacted where the option before it, or its own "--name=", asks for a
/// secret ("--wandb-api-key"), or where it looks like one.
std::string RedactedWord(const std::vector<std::string>& argv, std::size_t at);

/// |value| with every text in it redacted: whole where its key names a secret, word by word
/// elsewhere. Digests ("sha256:...") and what stands below a key that ends in "digest", "sha256",
/// "uuid", "id" or "path" are kept.
nlohmann::json Redacted(nlohmann::json value);

}  // namespace nam56r::launch
