#include "src/launch/kubernetes/fields.h"

#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <optional>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace nam56r::launch {
namespace {

using nlohmann::json;

// What the published definitions say of the fields that manifest.cpp writes, one a line below its
// parent: name, type, and what else holds of it. Types: objects, list (of strings) and strings (by
// key) are several of what they are named after; a quantity is a number with a unit. `size` of a
// string is its length, of an array the number of its items; `length` is that of each item.
//
// JobSet: kubernetes-sigs/jobset v0.12.0,
//   config/components/crd/bases/jobset.x-k8s.io_jobsets.yaml, version v1alpha2.
// TrainJob: kubeflow/trainer v2.3.0,
//   manifests/base/crds/trainer.kubeflow.org_trainjobs.yaml, version v1alpha1. There is no
//   runtimePatches before v2.2.0.
// Both hold the schemas of batch/v1 Job and of the pod template within them.
// ConfigMap: kubernetes/api, core/v1/types.go (no custom definition publishes it).
constexpr std::string_view kFields = R"(
JobSet
  spec object
    network object
      enableDNSHostnames boolean
      publishNotReadyAddresses boolean
    failurePolicy object
      maxRestarts int32
    replicatedJobs objects
      name string required
      replicas int32
      template object required
        spec object
          parallelism int32
          completions int32
          completionMode string
          backoffLimit int32
          template object required
            metadata object
              labels strings
            spec object
              restartPolicy string
              serviceAccountName string
              automountServiceAccountToken boolean
              terminationGracePeriodSeconds int64
              enableServiceLinks boolean
              containers objects required
                name string required
                image string
                command list
                args list
                env objects
                  name string required
                  value string
                  valueFrom object
                    fieldRef object
                      fieldPath string required
                resources object
                  limits quantities
                volumeMounts objects
                  name string required
                  mountPath string required
                  readOnly boolean
              volumes objects
                name string required
                configMap object
                  name string
                  defaultMode int32
                emptyDir object
                  medium string
                  sizeLimit quantity
                persistentVolumeClaim object
                  claimName string required
TrainJob
  spec object
    runtimeRef object required
      apiGroup string size<=253
      kind string size<=253
      name string required size>=1 size<=253
    trainer object
      image string size<=500
      command list size<=128 length<=1048576
      args list size<=128 length<=1048576
      env objects size<=128
        name string required
        value string
        valueFrom object
          fieldRef object
            fieldPath string required
      numNodes int32
      numProcPerNode int32
      resourcesPerNode object
        limits quantities
    runtimePatches objects size<=16
      manager string required size>=1 size<=253
      trainingRuntimeSpec object
        template object
          spec object
            replicatedJobs objects size<=100
              name string required size>=1 size<=253
              template object
                spec object
                  template object
                    spec object
                      serviceAccountName string size<=253
                      containers objects size<=64
                        name string required size>=1 size<=253
                        volumeMounts objects size<=128
                          name string required
                          mountPath string required
                          readOnly boolean
                      volumes objects size<=128
                        name string required
                        configMap object
                          name string
                          defaultMode int32
                        emptyDir object
                          medium string
                          sizeLimit quantity
                        persistentVolumeClaim object
                          claimName string required
ConfigMap
  immutable boolean
  data strings
)";

struct Field {
  std::string name;
  std::string type;
  bool required = false;
  std::optional<std::int64_t> min;
  std::optional<std::int64_t> max;
  std::optional<std::size_t> min_size;
  std::optional<std::size_t> max_size;
  std::optional<std::size_t> max_length;
  std::vector<std::string> choices;
  std::vector<Field> children;

  const Field* Find(std::string_view child) const {
    for (const Field& field : children) {
      if (field.name == child) return &field;
    }
    return nullptr;
  }
};

std::int64_t Number(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Field ReadField(std::istringstream& words) {
  Field field;
  words >> field.name >> field.type;
  for (std::string word; words >> word;) {
    const auto after = [&](std::string_view name) -> std::optional<std::string> {
      if (!word.starts_with(name)) return std::nullopt;
      return word.substr(name.size());
    };
    if (word == "required") {
      field.required = true;
    } else if (const auto min = after("min=")) {
      field.min = Number(*min);
    } else if (const auto max = after("max=")) {
      field.max = Number(*max);
    } else if (const auto least = after("size>=")) {
      field.min_size = static_cast<std::size_t>(Number(*least));
    } else if (const auto most = after("size<=")) {
      field.max_size = static_cast<std::size_t>(Number(*most));
    } else if (const auto length = after("length<=")) {
      field.max_length = static_cast<std::size_t>(Number(*length));
    } else if (const auto choices = after("in=")) {
      std::istringstream list(*choices);
      for (std::string choice; std::getline(list, choice, ',');) field.choices.push_back(choice);
    } else {
      throw std::logic_error("a field of Kubernetes with an unknown word: " + word);
    }
  }
  return field;
}

std::vector<Field> ReadKinds() {
  std::vector<Field> kinds;
  std::istringstream text{std::string(kFields)};
  for (std::string line; std::getline(text, line);) {
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string::npos) continue;
    std::istringstream words(line);
    std::vector<Field>* siblings = &kinds;
    for (std::size_t depth = indent / 2; depth > 0; --depth) siblings = &siblings->back().children;
    siblings->push_back(ReadField(words));
  }
  return kinds;
}

// Which group and version each kind is published in.
constexpr std::pair<std::string_view, std::string_view> kVersions[] = {
    {"ConfigMap", "v1"},
    {"JobSet", "jobset.x-k8s.io/v1alpha2"},
    {"TrainJob", "trainer.kubeflow.org/v1alpha1"},
};

bool IsQuantity(const json& value) {
  // The pattern that the definitions give for every quantity.
  static const std::regex pattern(
      R"(^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$)");
  if (value.is_number_integer()) return true;
  constexpr std::size_t kLongest = 64;  // far beyond any; a regex must not see more
  return value.is_string() && value.get_ref<const std::string&>().size() <= kLongest &&
         std::regex_match(value.get_ref<const std::string&>(), pattern);
}

class Checker {
 public:
  std::vector<std::string> problems;

  void Problem(const std::string& path, const std::string& what) {
    problems.push_back(fmt::format("{}: {}", path, what));
  }

  void Members(const std::string& path, const json& object, const Field& type) {
    for (const auto& [name, value] : object.items()) {
      const std::string child = path + "." + name;
      if (const Field* field = type.Find(name)) {
        Value(child, value, *field);
      } else {
        Problem(child, "no such field");
      }
    }
    for (const Field& field : type.children) {
      if (field.required && !object.contains(field.name)) {
        Problem(path + "." + field.name, "is required");
      }
    }
  }

  void Value(const std::string& path, const json& value, const Field& field) {
    const std::string& type = field.type;
    if (type == "object") {
      if (!value.is_object()) return Problem(path, "is no object");
      Members(path, value, field);
    } else if (type == "objects" || type == "list") {
      if (!value.is_array()) return Problem(path, "is no array");
      Size(path, value.size(), field);
      for (std::size_t i = 0; i < value.size(); ++i) {
        const std::string item = fmt::format("{}[{}]", path, i);
        if (type == "objects" && value[i].is_object()) {
          Members(item, value[i], field);
        } else if (type == "objects" || !value[i].is_string()) {
          Problem(item, type == "objects" ? "is no object" : "is no string");
        } else if (field.max_length &&
                   value[i].get_ref<const std::string&>().size() > *field.max_length) {
          Problem(item, fmt::format("is longer than {}", *field.max_length));
        }
      }
    } else if (type == "strings" || type == "quantities") {
      if (!value.is_object()) return Problem(path, "is no map");
      for (const auto& [name, item] : value.items()) {
        if (type == "strings" ? !item.is_string() : !IsQuantity(item)) {
          Problem(path + "." + name, type == "strings" ? "is no string" : "is no quantity");
        }
      }
    } else {
      Scalar(path, value, field);
    }
  }

 private:
  void Size(const std::string& path, std::size_t size, const Field& field) {
    if (field.max_size && size > *field.max_size) {
      Problem(path, fmt::format("has {}, at most {} are allowed", size, *field.max_size));
    }
    if (field.min_size && size < *field.min_size) {
      Problem(path, fmt::format("has {}, at least {} are needed", size, *field.min_size));
    }
  }

  void Scalar(const std::string& path, const json& value, const Field& field) {
    if (field.type == "string") {
      if (!value.is_string()) return Problem(path, "is no string");
      const std::string& text = value.get_ref<const std::string&>();
      Size(path, text.size(), field);
      if (!field.choices.empty() &&
          std::find(field.choices.begin(), field.choices.end(), text) == field.choices.end()) {
        Problem(path, fmt::format("'{}' is not among the values", text));
      }
    } else if (field.type == "boolean") {
      if (!value.is_boolean()) Problem(path, "is no boolean");
    } else if (field.type == "quantity") {
      if (!IsQuantity(value)) Problem(path, "is no quantity");
    } else if (field.type == "int32" || field.type == "int64") {
      if (!value.is_number_integer()) return Problem(path, "is no integer");
      const auto number = value.get<std::int64_t>();
      const bool narrow = field.type == "int32" && (number > INT32_MAX || number < INT32_MIN);
      if (narrow || (field.min && number < *field.min) || (field.max && number > *field.max)) {
        Problem(path, fmt::format("{} is out of range", number));
      }
    } else {
      throw std::logic_error("a field of Kubernetes of an unknown type: " + field.type);
    }
  }
};

bool IsLabelValue(const json& value) {
  static const std::regex pattern("^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$");
  constexpr std::size_t kLongest = 63;
  return value.is_string() && value.get_ref<const std::string&>().size() <= kLongest &&
         std::regex_match(value.get_ref<const std::string&>(), pattern);
}

// ObjectMeta as far as it is written: kubernetes/apimachinery, pkg/util/validation. The definition
// of a TrainJob and JobSet's admission ask for the same form of name.
void Metadata(const json& object, Checker& checker) {
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) {
    checker.Problem("metadata", "is required");
    return;
  }
  for (const auto& [name, value] : metadata->items()) {
    const std::string path = "metadata." + name;
    if (name == "labels" && value.is_object()) {
      for (const auto& [label, text] : value.items()) {
        if (!IsLabelValue(text)) checker.Problem(path + "." + label, "is no value of a label");
      }
    } else if (name == "name" || name == "namespace") {
      if (!value.is_string() || !IsDnsLabel(value.get_ref<const std::string&>())) {
        checker.Problem(path, "is no RFC 1035 label");
      }
    } else {
      checker.Problem(path, "no such field");
    }
  }
  if (!metadata->contains("name")) checker.Problem("metadata.name", "is required");
}

}  // namespace

bool IsDnsLabel(std::string_view text) {
  constexpr std::size_t kLongest = 63;
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || text.size() > kLongest || !small(text.front()) || text.back() == '-') {
    return false;
  }
  for (const char c : text) {
    if (!small(c) && !digit(c) && c != '-') return false;
  }
  return true;
}

std::vector<std::string> CheckFields(const json& object) {
  static const std::vector<Field> kinds = ReadKinds();
  Checker checker;
  const std::string kind = object.is_object() ? object.value("kind", "") : "";
  for (const Field& type : kinds) {
    if (type.name != kind) continue;
    for (const auto& [name, version] : kVersions) {
      if (name == kind && object.value("apiVersion", "") != version) {
        checker.Problem("apiVersion", fmt::format("is not {}", version));
      }
    }
    Metadata(object, checker);
    json rest = object;
    for (const char* common : {"apiVersion", "kind", "metadata"}) rest.erase(common);
    checker.Members(kind, rest, type);
    return checker.problems;
  }
  return {fmt::format("kind: '{}' is not known", kind)};
}

}  // namespace nam56r::launch
