#pragma once

#include <string>
#include <string_view>

namespace nam56r::base {

/// A name that says its value is a secret: one of its words is TOKEN, SECRET, PASSWORD, PASSWD,
/// PASSPHRASE, KEY, APIKEY, CREDENTIAL or a plural of them, and its last word is no size (DIM,
/// SIZE, LENGTH, COUNT). "HF_TOKEN", "apiKey" and "AWS_ACCESS_KEY_ID" do, "MONKEY", "TOKENIZER" and
/// "KEY_HEAD_DIM" do not.
bool NamesSecret(std::string_view name);

/// A text that holds what a service hands out as a key or a password: a known prefix ("hf_",
/// "AKIA", "ghp_", ...), a PEM block, "user:password@host", or a long run of characters that mixes
/// cases and digits, or hexadecimal digits, as only a machine writes them. Errs on the side of
/// saying yes: names that a person chose are shorter or plainer.
bool LooksLikeSecret(std::string_view text);

/// |line| with an asterisk for every character of a secret: of the value behind a name that says so
/// ("HF_TOKEN=...", "--api-key ..."), and of words that look like one. Columns stay where they are.
std::string WithoutSecrets(std::string_view line);

}  // namespace nam56r::base
