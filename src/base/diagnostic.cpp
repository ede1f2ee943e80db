#include "src/base/diagnostic.h"

#include <stdexcept>

namespace nam56r::base {

std::string_view SurfaceName(Surface surface) {
  switch (surface) {
    case Surface::kPlan:
      return "plan";
    case Surface::kPolicy:
      return "policy";
    case Surface::kSeam:
      return "seam";
    case Surface::kHost:
      return "host";
  }
  throw std::logic_error("a surface outside its enumeration");
}

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      return "note";
  }
  throw std::logic_error("a severity outside its enumeration");
}

std::string ToString(const SourceLocation& location) {
  std::string text = location.file;
  if (location.line > 0) {
    text += ":" + std::to_string(location.line);
    if (location.column > 0) text += ":" + std::to_string(location.column);
  }
  return text;
}

}  // namespace nam56r::base
