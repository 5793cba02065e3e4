#include "engine/item_action.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/expression_checks.h"
#include "engine/key_checks.h"
#include "engine/key_codec.h"
#include "engine/throughput.h"
#include "model/stored_item.h"

namespace cruddur::engine {
namespace {

using model::Invalid;
using model::Item;
using model::ReturnValues;

const Item kNoItem;

// Of a request that waits: what it holds beside its item.
constexpr size_t kOverheadBytes = 512;

void AppendField(std::string_view text, std::string& out) {
  AppendUint32(static_cast<uint32_t>(text.size()), out);
  out.append(text);
}

void AppendField(const std::optional<std::string>& text, std::string& out) {
  out.push_back(text ? '\x01' : '\x00');
  if (text) AppendField(std::string_view(*text), out);
}

void AppendField(const Item& item, std::string& out) {
  std::string bytes;
  model::EncodeItem(item, bytes);
  AppendField(std::string_view(bytes), out);
}

}  // namespace

ItemAction::ItemAction(model::PutItemRequest request)
    : ItemAction(ActionKind::kPut, {.table = std::move(request.table),
                                    .item = std::move(request.item),
                                    .condition_expression = std::move(request.condition_expression),
                                    .placeholders = std::move(request.placeholders),
                                    .return_values = request.return_values,
                                    .on_condition_failure = request.on_condition_failure,
                                    .return_metrics = request.return_metrics}) {}

ItemAction::ItemAction(model::DeleteItemRequest request)
    : ItemAction(ActionKind::kDelete,
                 {.table = std::move(request.table),
                  .item = std::move(request.key),
                  .condition_expression = std::move(request.condition_expression),
                  .placeholders = std::move(request.placeholders),
                  .return_values = request.return_values,
                  .on_condition_failure = request.on_condition_failure,
                  .return_metrics = request.return_metrics}) {}

ItemAction::ItemAction(model::UpdateItemRequest request)
    : ItemAction(ActionKind::kUpdate,
                 {.table = std::move(request.table),
                  .item = std::move(request.key),
                  .update_expression = std::move(request.update_expression),
                  .condition_expression = std::move(request.condition_expression),
                  .placeholders = std::move(request.placeholders),
                  .return_values = request.return_values,
                  .on_condition_failure = request.on_condition_failure,
                  .return_metrics = request.return_metrics}) {}

ItemAction::ItemAction(model::ConditionCheck request)
    : ItemAction(ActionKind::kConditionCheck,
                 {.table = std::move(request.table),
                  .item = std::move(request.key),
                  .condition_expression = std::move(request.condition_expression),
                  .placeholders = std::move(request.placeholders),
                  .on_condition_failure = request.on_condition_failure}) {}

ItemAction::ItemAction(CompiledWrite write)
    : ItemAction(write.kind,
                 {.table = std::move(write.table),
                  .item = std::move(write.item),
                  .return_values = write.return_values,
                  .on_condition_failure = write.on_condition_failure,
                  .statement = std::make_unique<StatementPart>(std::move(write.statement))}) {
  condition_ = std::move(write.condition);
  update_ = std::move(write.update);
  bytes_ += request_.statement->text.size();
}

ItemAction::ItemAction(ActionKind kind, Request request)
    : kind_(kind),
      request_(std::move(request)),
      source_(kind == ActionKind::kPut ? ItemSource::kPut : ItemSource::kUpdate),
      bindings_(request_.placeholders) {
  bytes_ = kOverheadBytes + model::SizeInBytes(request_.item) +
           model::SizeInBytes(request_.placeholders.values);
  if (kind_ == ActionKind::kPut) {
    size_after_ = model::SizeInBytes(request_.item);
    exists_after_ = true;
  }
}

DbStatus ItemAction::Prepare() {
  if ((kind_ == ActionKind::kPut || kind_ == ActionKind::kDelete) &&
      request_.return_values != ReturnValues::kNone &&
      request_.return_values != ReturnValues::kAllOld) {
    return Invalid("ReturnValues can only be ALL_OLD or NONE");
  }
  return CompileExpressions();
}

DbStatus ItemAction::CheckSize() const {
  if (kind_ != ActionKind::kPut) return {};
  return CheckItemSize(size_after_, ItemSource::kPut);
}

DbStatus ItemAction::CheckStatementSize() const {
  if (!update_ || request_.statement || request_.placeholders.legacy.others) return {};
  return CheckItemSize(update_->ChargedBytes(), ItemSource::kUpdate);
}

DbStatus ItemAction::CompileExpressions() {
  const NamedExpression condition{"ConditionExpression", request_.condition_expression};
  const NamedExpression update{"UpdateExpression", request_.update_expression};
  if (kind_ == ActionKind::kUpdate) {
    TRY(CheckPlaceholders(request_.placeholders, {update, condition}));
  } else {
    TRY(CheckPlaceholders(request_.placeholders, {condition}));
  }
  if (request_.update_expression) {
    TRY_ASSIGN(update_, expr::Update::Compile(*request_.update_expression, bindings_));
  }
  if (request_.condition_expression) {
    TRY_ASSIGN(condition_, expr::Condition::Compile(expr::ConditionKind::kCondition,
                                                    *request_.condition_expression, bindings_));
  }
  return bindings_.CheckAllUsed();
}

DbStatus ItemAction::Bind(std::shared_ptr<const TableState> table) {
  if (request_.statement && request_.statement->refused) {
    return std::unexpected(*request_.statement->refused);
  }
  table_ = std::move(table);
  const model::TableDescription& description = table_->description;
  if (kind_ == ActionKind::kPut) {
    TRY(CheckSize());
    TRY(CheckItemKeys(request_.item, description, source_));
    row_.clear();
    AppendRow(request_.item, size_after_, row_);
  } else {
    TRY(CheckKey(request_.item, description.keys));
  }
  TRY(CheckUpdatedNames());
  if (condition_) TRY(CheckScalarKeys(*condition_, description));
  key_.clear();
  if (!AppendItemKey(table_->id, description.keys, request_.item, key_)) {
    return Invalid("The provided key element does not match the schema");
  }
  return {};
}

DbStatus ItemAction::CheckUpdatedNames() const {
  if (!update_) return {};
  for (const std::string_view name : update_->TopLevelNames()) {
    if (table_->description.keys.Find(name) == nullptr) continue;
    return Invalid(fmt::format(
        "One or more parameter values were invalid: Cannot update attribute {}. This attribute is "
        "part of the key",
        name));
  }
  TRY(CheckUpdateOfIndexKeys(*update_, table_->description));
  return CheckScalarKeys(*update_, table_->description);
}

Detail ItemAction::DetailNeeded() const {
  const bool whole =
      condition_ || kind_ == ActionKind::kUpdate || request_.return_values != ReturnValues::kNone;
  return whole ? Detail::kItem : Commit::DetailNeeded(*table_);
}

DbStatus ItemAction::Admit() const { return AdmitWrite(*table_); }

DbStatus ItemAction::Evaluate(const Commit& commit, bool transactional) {
  if (table_->throttle == nullptr) return EvaluateItem(commit);
  DbStatus status = EvaluateItem(commit);
  // A failed condition costs what the write would have.
  const bool paid = status || status.error().code == model::DbErrorCode::kConditionalCheckFailed ||
                    status.error().code == model::DbErrorCode::kDuplicateItem;
  if (paid) Charge(*table_, nullptr, UnitKind::kWrite, TableUnits(transactional));
  return status;
}

double ItemAction::TableUnits(bool transactional) const {
  const size_t after = kind_ == ActionKind::kConditionCheck ? before_.size() : size_after_;
  return WriteUnits(before_.size(), after, transactional);
}

DbStatus ItemAction::EvaluateItem(const Commit& commit) {
  TRY_ASSIGN(before_, commit.Read(key_, DetailNeeded()));
  if (condition_ && !condition_->Matches(before_.exists() ? *before_.item() : kNoItem)) {
    return ConditionFailed();
  }
  return kind_ == ActionKind::kUpdate ? MakeUpdated() : DbStatus();
}

DbStatus ItemAction::ConditionFailed() const {
  if (request_.statement && request_.statement->inserts) {
    return model::DbFail(model::DbErrorCode::kDuplicateItem,
                         "Duplicate primary key exists in table");
  }
  model::DbError error{model::DbErrorCode::kConditionalCheckFailed,
                       "The conditional request failed", nullptr};
  if (request_.on_condition_failure == model::ReturnValuesOnFailure::kAllOld && before_.exists()) {
    auto details = std::make_shared<model::DbErrorDetails>();
    details->item = *before_.item();
    error.details = std::move(details);
  }
  return std::unexpected(std::move(error));
}

// AWS is short about nesting where it answers a PartiQL statement.
DbStatus ItemAction::UpdateFailed(model::DbError error) const {
  if (request_.statement && error.reason == model::DbErrorReason::kNesting) {
    error.message.resize(error.message.find(':'));
  }
  return std::unexpected(std::move(error));
}

DbStatus ItemAction::MakeUpdated() {
  // An update that only removes doesn't create the item: there is nothing for it to do.
  updated_.reset();
  exists_after_ = false;
  size_after_ = 0;
  row_.clear();
  if (!before_.exists() && update_ && update_->OnlyRemoves()) return {};

  // A new item begins with its key, which the update's operands may name already.
  const Item& base = before_.exists() ? *before_.item() : request_.item;
  if (update_) {
    auto updated = update_->Apply(base);
    if (!updated) return UpdateFailed(std::move(updated).error());
    updated_ = *std::move(updated);
  } else {
    updated_ = base;
  }
  TRY(CheckItemKeys(*updated_, table_->description, source_));
  size_after_ = model::SizeInBytes(*updated_);
  TRY(CheckItemSize(size_after_, ItemSource::kUpdate));
  exists_after_ = true;
  AppendRow(*updated_, size_after_, row_);
  return {};
}

void ItemAction::Apply(Commit& commit, CapacityMeter& meter, bool transactional) {
  if (meter.wanted()) {
    meter.AddTable(table_->description.name, {.write = TableUnits(transactional)});
  }
  if (kind_ == ActionKind::kConditionCheck) return;
  const Item* after = nullptr;
  if (exists_after_) after = kind_ == ActionKind::kPut ? &request_.item : &*updated_;
  commit.Write(*table_, key_, before_, after, row_, meter);
}

std::optional<Item> ItemAction::ReturnedAttributes() const {
  std::optional<Item> returned;
  const Item* before = before_.item();
  switch (request_.return_values) {
    case ReturnValues::kNone:
      break;
    case ReturnValues::kAllOld:
      if (before != nullptr) returned = *before;
      break;
    case ReturnValues::kUpdatedOld:
      if (before != nullptr && update_) returned = update_->Touched(*before);
      break;
    case ReturnValues::kAllNew:
      returned = updated_;
      break;
    case ReturnValues::kUpdatedNew:
      if (updated_ && update_) returned = update_->Touched(*updated_);
      break;
  }
  // No Attributes rather than an empty map.
  if (returned && returned->empty()) returned.reset();
  return returned;
}

std::optional<model::ItemCollectionMetrics> ItemAction::CollectionMetrics() const {
  if (request_.return_metrics != model::ReturnItemCollectionMetrics::kSize) return std::nullopt;
  const auto& indexes = table_->description.indexes;
  if (std::ranges::all_of(indexes, &model::IndexDescription::global)) return std::nullopt;
  model::ItemCollectionMetrics metrics;
  const std::string& name = table_->description.keys.partition.front().name;
  metrics.key.Set(name, *request_.item.Find(name));
  return metrics;
}

void ItemAction::AppendFingerprint(std::string& out) const {
  out.push_back(static_cast<char>(kind_));
  AppendField(std::string_view(request_.table), out);
  AppendField(request_.item, out);
  if (request_.statement) AppendField(std::string_view(request_.statement->text), out);
  AppendField(request_.update_expression, out);
  AppendField(request_.condition_expression, out);
  AppendUint32(static_cast<uint32_t>(request_.placeholders.names.size()), out);
  for (const auto& [name, attribute] : request_.placeholders.names) {
    AppendField(std::string_view(name), out);
    AppendField(std::string_view(attribute), out);
  }
  AppendField(request_.placeholders.values, out);
  out.push_back(static_cast<char>(request_.on_condition_failure));
}

}  // namespace cruddur::engine
