#include "engine/time_to_live.h"

#include <fmt/format.h>

#include <limits>

#include "engine/field_checks.h"
#include "engine/table_operation.h"
#include "engine/ttl_index.h"

namespace cruddur::engine {
namespace {

// AWS speaks of an hour, and was seen to let go after half an hour and some seconds.
constexpr base::Micros kChangeInterval = std::chrono::minutes(31);

class UpdateTimeToLiveOperation final : public CatalogOperation<model::TimeToLiveSpecification> {
 public:
  UpdateTimeToLiveOperation(model::UpdateTimeToLiveRequest request, base::Micros delay,
                            Done<model::TimeToLiveSpecification> done)
      : CatalogOperation(std::move(done)), request_(std::move(request)), delay_(delay) {}

 private:
  DbResult<model::TimeToLiveSpecification> Change(Commit& commit) override {
    const auto found = commit.catalog().FindTable(request_.table);
    if (found == nullptr) return NoSuchTable(request_.table);
    if (found->description.status == model::TableStatus::kCreating) {
      return TableInUse(
          fmt::format("Attempt to change a resource which is still in use: Table {} is being "
                      "created",
                      request_.table));
    }
    TRY(Check(found->ttl, commit.now()));
    TableState table = *found;
    CatalogEdit edit = commit.Edit();
    if (request_.specification.enabled) {
      SwitchOn(edit, table);
    } else {
      DropKeyspace(commit, table.ttl.index);
      table.ttl = {.attribute = table.ttl.attribute};
    }
    table.ttl.changed_at = commit.now();
    if (delay_.count() != 0) table.ttl.settles_at = commit.now() + delay_;
    edit.PutTable(std::move(table));
    commit.SetEdit(std::move(edit));
    return request_.specification;
  }

  DbStatus Check(const TtlState& ttl, base::Micros now) const {
    const model::TimeToLiveSpecification& wanted = request_.specification;
    if (ttl.on() && wanted.attribute != ttl.attribute) {
      return model::Invalid(
          "TimeToLive is active on a different AttributeName: current AttributeName is " +
          ttl.attribute);
    }
    if (ttl.on() == wanted.enabled) {
      return model::Invalid(wanted.enabled ? "TimeToLive is already enabled"
                                           : "TimeToLive is already disabled");
    }
    const base::Micros since = now - ttl.changed_at;
    if (ttl.changed_at.count() != 0 && since >= base::Micros(0) && since < kChangeInterval) {
      return model::Invalid(
          "Time to live has been modified multiple times within a fixed interval");
    }
    return {};
  }

  void SwitchOn(CatalogEdit& edit, TableState& table) const {
    table.ttl.attribute = request_.specification.attribute;
    table.ttl.index = edit.NewId();
    table.ttl.progress = std::make_shared<TtlProgress>();
    if (table.counts->items.load(std::memory_order_relaxed) != 0) {
      table.ttl.backfill = std::make_shared<BackfillProgress>();
    }
  }

  const model::UpdateTimeToLiveRequest request_;
  const base::Micros delay_;  // what is told of it follows the change by so much
};

}  // namespace

void SubmitUpdateTimeToLive(const WriteContext& context, model::UpdateTimeToLiveRequest request,
                            Done<model::TimeToLiveSpecification> done) {
  FieldChecks fields;
  fields.TableName(request.table);
  const std::string& attribute = request.specification.attribute;
  fields.Length("timeToLiveSpecification.attributeName", attribute, attribute.size(), 1, 255);
  if (DbStatus status = fields.Result(); !status) {
    return done(std::unexpected(std::move(status).error()));
  }
  context.committer.Submit(std::make_unique<UpdateTimeToLiveOperation>(
      std::move(request), context.control_plane_delay, std::move(done)));
}

DbResult<model::TimeToLiveDescription> DescribeTimeToLive(const CatalogSnapshot& catalog,
                                                          std::string_view table,
                                                          base::Micros now) {
  FieldChecks fields;
  fields.TableName(table);
  TRY(fields.Result());
  const auto found = catalog.FindTable(table);
  if (found == nullptr) return NoSuchTable(table);
  const model::TableStatus status = found->description.status;
  if (status == model::TableStatus::kCreating || status == model::TableStatus::kDeleting) {
    return model::Invalid(
        fmt::format("Cannot describe time to live while table is in {0} state: Current table state "
                    "is {0}",
                    NameOf(status)));
  }
  const TtlState& ttl = found->ttl;
  const bool passing = now < ttl.settles_at;
  if (!ttl.on() && !passing) return model::TimeToLiveDescription();
  using enum model::TimeToLiveStatus;
  const auto steady = ttl.on() ? kEnabled : kDisabled;
  const auto under_way = ttl.on() ? kEnabling : kDisabling;
  return model::TimeToLiveDescription{passing ? under_way : steady, ttl.attribute};
}

}  // namespace cruddur::engine
