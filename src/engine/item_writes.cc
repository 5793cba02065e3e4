#include "engine/item_writes.h"

#include "engine/bound_tables.h"
#include "engine/field_checks.h"
#include "engine/item_action.h"
#include "engine/transaction_errors.h"

namespace cruddur::engine {
namespace {

class SingleWrite final : public WriteOperation {
 public:
  template <class Request>
  SingleWrite(Request request, Done<model::WriteItemResponse> done)
      : meter_(request.return_consumed_capacity),
        may_conflict_(request.may_conflict),
        action_(std::move(request)),
        done_(std::move(done)) {}

  SingleWrite(CompiledWrite write, model::ReturnConsumedCapacity return_consumed_capacity,
              Done<model::WriteItemResponse> done)
      : meter_(return_consumed_capacity),
        may_conflict_(write.may_conflict),
        action_(std::move(write)),
        done_(std::move(done)) {}

  // False: refused, and answered.
  bool Check(const CatalogSnapshot& catalog) {
    FieldChecks fields;
    fields.TableName(action_.table_name());
    outcome_ = fields.Result();
    if (outcome_) {
      outcome_ = action_.Prepare();
      if (!outcome_) outcome_ = std::unexpected(model::Enveloped(std::move(outcome_).error()));
    }
    if (outcome_) outcome_ = action_.CheckSize();
    if (outcome_) outcome_ = action_.CheckStatementSize();
    if (outcome_) outcome_ = BindTo(catalog, action_);
    if (outcome_) return true;
    Finish({});
    return false;
  }

  void Evaluate(Commit& commit) override {
    outcome_ = BindTo(commit.catalog(), action_);
    if (outcome_) outcome_ = action_.Admit();
    if (outcome_ && may_conflict_) outcome_ = CheckNotHeld(commit, action_.key());
    if (outcome_) outcome_ = action_.Evaluate(commit, /*transactional=*/false);
    if (!outcome_) return;
    response_.attributes = action_.ReturnedAttributes();
    action_.Apply(commit, meter_, false);
  }

  void Finish(const DbStatus& outcome) override {
    if (!outcome) {
      done_(std::unexpected(outcome.error()));
    } else if (!outcome_) {
      done_(std::unexpected(std::move(outcome_).error()));
    } else {
      response_.consumed_capacity = meter_.TakeOne();
      response_.item_collection_metrics = action_.CollectionMetrics();
      done_(std::move(response_));
    }
  }

  size_t Bytes() const override { return action_.Bytes(); }

 private:
  CapacityMeter meter_;
  const bool may_conflict_;
  ItemAction action_;
  Done<model::WriteItemResponse> done_;
  DbStatus outcome_;
  model::WriteItemResponse response_;
};

template <class Request>
void SubmitSingle(const WriteContext& context, Request request,
                  Done<model::WriteItemResponse> done) {
  auto write = std::make_unique<SingleWrite>(std::move(request), std::move(done));
  if (write->Check(*context.catalog.Snapshot())) context.committer.Submit(std::move(write));
}

}  // namespace

void SubmitPut(const WriteContext& context, model::PutItemRequest request,
               Done<model::WriteItemResponse> done) {
  SubmitSingle(context, std::move(request), std::move(done));
}

void SubmitDelete(const WriteContext& context, model::DeleteItemRequest request,
                  Done<model::WriteItemResponse> done) {
  SubmitSingle(context, std::move(request), std::move(done));
}

void SubmitUpdate(const WriteContext& context, model::UpdateItemRequest request,
                  Done<model::WriteItemResponse> done) {
  SubmitSingle(context, std::move(request), std::move(done));
}

void SubmitCompiled(const WriteContext& context, CompiledWrite write,
                    model::ReturnConsumedCapacity return_consumed_capacity,
                    Done<model::WriteItemResponse> done) {
  auto single =
      std::make_unique<SingleWrite>(std::move(write), return_consumed_capacity, std::move(done));
  if (single->Check(*context.catalog.Snapshot())) context.committer.Submit(std::move(single));
}

}  // namespace cruddur::engine
