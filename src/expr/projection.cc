#include "base/result.h"
#include "expr/binding.h"
#include "expr/path_tree.h"

namespace cruddur::expr {

struct Projection::Tree {
  Bound bound;
  PathTree paths;
};

Projection::Projection(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Projection::Projection(Projection&&) noexcept = default;
Projection& Projection::operator=(Projection&&) noexcept = default;
Projection::~Projection() = default;

DbResult<Projection> Projection::Compile(std::string_view text, Bindings& bindings) {
  TRY_ASSIGN(Bound bound,
             Bound::Make(Grammar::kProjection, "ProjectionExpression", text, bindings));
  std::vector<std::vector<BoundStep>> paths;
  for (uint32_t path : bound.syntax().paths) paths.push_back(bound.StepsOf(bound.node(path)));
  return Projection(std::make_unique<Tree>(std::move(bound), PathTree(std::move(paths))));
}

model::Item Projection::Apply(const model::Item& item) const { return tree_->paths.Pick(item); }

std::vector<std::string_view> Projection::TopLevelNames() const {
  return tree_->bound.TopLevelNames();
}

bool Projection::HasSteps() const { return tree_->bound.HasSteps(); }
bool Projection::StepsInto(std::string_view name) const { return tree_->bound.StepsInto(name); }

}  // namespace cruddur::expr
