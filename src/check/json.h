#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "src/check/finding.h"

namespace nam56r::check {

/// {"verdict": "ok"|"refused", "findings": [...], "rewrites": [...]}. A finding is {"code",
/// "severity", "stage", "surface", "message", "fields", "valid", "fix", "notes", "where": [{"file",
/// "line", "column", "label"}], "waived"}; what is empty is left out of |where|, and "waived" is
/// there only when it is. A word of a raw command line has file "argv" and its number as line. A
/// rewrite is {"dest", "flag", "from", "to", "given", "why", "source"}. Bytes that are no UTF-8
/// become U+FFFD; infinity and NaN, which JSON does not have, the text "inf", "-inf" and "nan".
nlohmann::json ToJson(const Result& result);

/// The same as text, keys in that order, without building a document.
void AppendJson(const Result& result, std::string& out);
/// With "id" before the rest; |id| is JSON already.
void AppendJson(const Result& result, std::string_view id, std::string& out);

}  // namespace nam56r::check
