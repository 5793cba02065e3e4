#include "engine/table_tags.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/resource_arn.h"
#include "engine/table_operation.h"
#include "engine/table_transitions.h"

namespace cruddur::engine {
namespace {

using model::Invalid;
using model::Tag;

constexpr size_t kMaxTags = 50;
constexpr size_t kMaxKey = 128, kMaxValue = 256;  // characters
// The account that stands in ARNs where nobody has one. At AWS it owns nothing, and of what others
// own nobody learns whether it exists.
constexpr std::string_view kNobody = "000000000000";

size_t CharactersIn(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

// Letters, digits, spaces and a few signs; of what isn't ASCII everything.
bool HasTagCharacters(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) {
    return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') ||
           std::string_view(" +-=._:/@").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

DbStatus CheckKey(std::string_view key) {
  if (key.empty() || CharactersIn(key) > kMaxKey || !HasTagCharacters(key)) {
    return Invalid(fmt::format("The Tag Key provided is invalid, Key: {}", key));
  }
  if (key.starts_with("aws:")) {
    return Invalid(fmt::format("Tag Key cannot be prefixed with aws:, Key: {}", key));
  }
  return {};
}

std::unexpected<model::DbError> TooManyTags() {
  return Invalid("Number of Tags exceed the current limit for the provided ResourceArn");
}

DbResult<std::shared_ptr<const TableState>> FindTagged(const CatalogSnapshot& catalog,
                                                       const TableNaming& naming,
                                                       std::string_view arn,
                                                       std::string_view operation) {
  TRY_ASSIGN(const std::string_view name, TableNameOfArn(arn, naming, operation));
  auto table = catalog.FindTable(name);
  if (table == nullptr) {
    return model::DbFail(
        model::DbErrorCode::kResourceNotFound,
        fmt::format("Requested resource not found: ResourcArn: {} not found", arn));
  }
  return table;
}

class TagOperation : public CatalogOperation<void> {
 public:
  TagOperation(const TableNaming& naming, std::string arn, std::string_view operation,
               Done<void> done)
      : CatalogOperation(std::move(done)),
        naming_(naming),
        arn_(std::move(arn)),
        operation_(operation) {}

 protected:
  virtual DbStatus ChangeTags(std::vector<Tag>& tags) const = 0;

 private:
  DbStatus Change(Commit& commit) final {
    TRY_ASSIGN(const auto found, FindTagged(commit.catalog(), naming_, arn_, operation_));
    const model::TableStatus status = found->description.status;
    if (status == model::TableStatus::kCreating || status == model::TableStatus::kDeleting) {
      return TableIsBusy(found->description);
    }
    TableState table = *found;
    TRY(ChangeTags(table.tags));
    CatalogEdit edit = commit.Edit();
    edit.PutTable(std::move(table));
    commit.SetEdit(std::move(edit));
    return {};
  }

  const TableNaming naming_;
  const std::string arn_;
  const std::string_view operation_;
};

class AddTags final : public TagOperation {
 public:
  AddTags(const TableNaming& naming, model::TagResourceRequest request, Done<void> done)
      : TagOperation(naming, std::move(request.resource_arn), "TagResource", std::move(done)),
        tags_(std::move(request.tags)) {}

 protected:
  DbStatus ChangeTags(std::vector<Tag>& tags) const override {
    for (const Tag& tag : tags_) {
      const auto present = std::ranges::find(tags, tag.key, &Tag::key);
      if (present == tags.end()) {
        tags.push_back(tag);
      } else {
        present->value = tag.value;
      }
    }
    if (tags.size() > kMaxTags) return TooManyTags();
    return {};
  }

 private:
  const std::vector<Tag> tags_;
};

class RemoveTags final : public TagOperation {
 public:
  RemoveTags(const TableNaming& naming, model::UntagResourceRequest request, Done<void> done)
      : TagOperation(naming, std::move(request.resource_arn), "UntagResource", std::move(done)),
        keys_(std::move(request.keys)) {}

 protected:
  DbStatus ChangeTags(std::vector<Tag>& tags) const override {
    std::erase_if(tags,
                  [&](const Tag& tag) { return std::ranges::find(keys_, tag.key) != keys_.end(); });
    return {};
  }

 private:
  const std::vector<std::string> keys_;
};

DbStatus CheckTagResource(const model::TagResourceRequest& request, const TableNaming& naming) {
  TRY(TableNameOfArn(request.resource_arn, naming, "TagResource"));
  if (request.tags.empty()) return Invalid("Atleast one Tag needs to be provided as Input.");
  return CheckTags(request.tags);
}

DbStatus CheckUntagResource(const model::UntagResourceRequest& request, const TableNaming& naming) {
  TRY(TableNameOfArn(request.resource_arn, naming, "UntagResource"));
  if (request.keys.empty()) return Invalid("Atleast one Tag Key needs to be provided as Input.");
  for (const std::string& key : request.keys) TRY(CheckKey(key));
  return {};
}

}  // namespace

DbStatus CheckTags(std::span<const Tag> tags) {
  std::set<std::string_view> keys;
  for (const Tag& tag : tags) {
    TRY(CheckKey(tag.key));
    if (CharactersIn(tag.value) > kMaxValue || !HasTagCharacters(tag.value)) {
      return Invalid(fmt::format("The Tag Value provided is invalid, Value: {}", tag.value));
    }
    if (!keys.insert(tag.key).second) {
      return Invalid(
          fmt::format("Duplicate Tag Keys provided as input: Duplicate Tag Key found {}", tag.key));
    }
  }
  if (tags.size() > kMaxTags) return TooManyTags();
  return {};
}

void SubmitTagResource(const WriteContext& context, const TableNaming& naming,
                       model::TagResourceRequest request, Done<void> done) {
  if (DbStatus status = CheckTagResource(request, naming); !status) return done(std::move(status));
  context.committer.Submit(std::make_unique<AddTags>(naming, std::move(request), std::move(done)));
}

void SubmitUntagResource(const WriteContext& context, const TableNaming& naming,
                         model::UntagResourceRequest request, Done<void> done) {
  if (DbStatus status = CheckUntagResource(request, naming); !status) {
    return done(std::move(status));
  }
  context.committer.Submit(
      std::make_unique<RemoveTags>(naming, std::move(request), std::move(done)));
}

DbResult<model::ListTagsOfResourceResponse> ListTagsOfResource(
    const CatalogSnapshot& catalog, const TableNaming& naming,
    const model::ListTagsOfResourceRequest& request) {
  constexpr std::string_view kOperation = "ListTagsOfResource";
  auto table = FindTagged(catalog, naming, request.resource_arn, kOperation);
  if (table) return model::ListTagsOfResourceResponse{(*table)->tags};
  if (table.error().code == model::DbErrorCode::kResourceNotFound && naming.account == kNobody) {
    return ForeignResource(request.resource_arn, naming, kOperation);
  }
  return std::unexpected(std::move(table).error());
}

}  // namespace cruddur::engine
