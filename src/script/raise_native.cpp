#include "src/base/toml_document.h"
#include "src/script/raise.h"
#include "src/script/toml_writer.h"

namespace nam56r::script::internal {
namespace {

template <class T>
void Take(const base::Loaded<T>& loaded, const base::Schema<T>& schema, const std::string& prefix,
          int first_line, FoundFields& fields) {
  for (const base::Field<T>& field : schema) {
    const auto origin = loaded.origins.find(field.spec.key);
    if (origin == loaded.origins.end() || origin->second.kind != base::Origin::Kind::kFile)
      continue;
    fields.emplace(prefix + field.spec.key,
                   Found{base::internal::GetField(field, loaded.value), Found::From::kComment,
                         "here-document", origin->second.at.line + first_line - 1});
  }
}

}  // namespace

base::Expected<Import> RaiseNative(const Source& source, const RaiseOptions& options) {
  Import import;
  import.dialect = options.dialect;
  import.file = source.file;
  const auto find = [&](std::string_view name) -> const HereDocument* {
    for (const HereDocument& here : source.here_documents) {
      if (here.command.find(name) != std::string::npos) return &here;
    }
    return nullptr;
  };
  const HereDocument* recipe = find("recipe.toml");
  const HereDocument* policy = find("policy.toml");
  if (recipe == nullptr || policy == nullptr) {
    base::Diagnostic error;
    error.code = "SCRIPT0001";
    error.surface = base::Surface::kPolicy;
    error.message = "the native backend has no flags, and this holds no recipe and policy";
    error.where = {{{source.file, 0, 0}, "no here-documents recipe.toml and policy.toml"}};
    error.fix = "name the dialect that the command is written for: --dialect megatron@0.19";
    return error;
  }
  auto recipe_document = base::ParseToml(recipe->text, source.file, base::Surface::kPlan);
  if (!recipe_document) return recipe_document.errors();
  auto policy_document = base::ParseToml(policy->text, source.file, base::Surface::kPolicy);
  if (!policy_document) return policy_document.errors();
  auto recipe_loaded = recipe::FromToml(*recipe_document);
  if (!recipe_loaded) return recipe_loaded.errors();
  auto policy_loaded = policy::FromToml(*policy_document);
  if (!policy_loaded) return policy_loaded.errors();
  Take(*recipe_loaded, recipe::Schema(), "recipe.", recipe->line, import.fields);
  Take(*policy_loaded, policy::Schema(), "policy.", policy->line, import.fields);
  import.recipe_toml = RecipeToml(recipe_loaded->value);
  import.policy_toml = PolicyToml(policy_loaded->value);
  import.host_toml = "# The script says nothing of the machine.\n";
  import.recipe = std::move(*recipe_loaded);
  import.policy = std::move(*policy_loaded);
  AddReports(source, import);
  Tidy(import);
  return import;
}

}  // namespace nam56r::script::internal
