#include "src/base/origin.h"

#include <stdexcept>

namespace nam56r::base {

std::string ToString(const Origin& origin) {
  switch (origin.kind) {
    case Origin::Kind::kFile: {
      // The line is what a person looks up; the column would only add noise in tables.
      SourceLocation line = origin.at;
      line.column = 0;
      return ToString(line);
    }
    case Origin::Kind::kDefault:
      return "default";
    case Origin::Kind::kRule:
      return "rule: " + origin.rule;
  }
  throw std::logic_error("an origin outside its enumeration");
}

}  // namespace nam56r::base
