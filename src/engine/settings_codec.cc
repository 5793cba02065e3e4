#include "engine/settings_codec.h"

#include "engine/table_settings.h"

namespace cruddur::engine {

using json::Writer;

void WriteThroughput(Writer& out, const model::Throughput& throughput) {
  out.Key("read_units").Int(throughput.read_units);
  out.Key("write_units").Int(throughput.write_units);
}

// What earlier versions didn't have, and what is at its default, isn't written.
void WriteLimits(Writer& out, const model::OnDemandThroughput& on_demand,
                 const model::Throughput& warm) {
  if (on_demand.max_read) out.Key("max_read").Int(*on_demand.max_read);
  if (on_demand.max_write) out.Key("max_write").Int(*on_demand.max_write);
  out.Key("warm_read").Int(warm.read_units).Key("warm_write").Int(warm.write_units);
}

void WriteChanges(Writer& out, const model::ThroughputChanges& changes) {
  if (changes == model::ThroughputChanges()) return;
  out.Key("last_increase").Int(changes.last_increase.count());
  out.Key("last_decrease").Int(changes.last_decrease.count());
  out.Key("decreases").Int(changes.decreases_today);
}

model::OnDemandThroughput ReadOnDemand(Fields& fields) {
  model::OnDemandThroughput on_demand;
  if (const int64_t read = fields.IntOr("max_read", 0); read != 0) on_demand.max_read = read;
  if (const int64_t write = fields.IntOr("max_write", 0); write != 0) on_demand.max_write = write;
  return on_demand;
}

model::Throughput ReadThroughput(Fields& fields) {
  return {fields.Int("read_units"), fields.Int("write_units")};
}

model::ThroughputChanges ReadChanges(Fields& fields) {
  return {.last_increase = base::Micros(fields.IntOr("last_increase", 0)),
          .last_decrease = base::Micros(fields.IntOr("last_decrease", 0)),
          .decreases_today = fields.IntOr("decreases", 0)};
}

model::Throughput ReadWarm(Fields& fields, model::BillingMode billing,
                           const model::Throughput& throughput) {
  const model::Throughput initial = InitialWarmThroughput(billing, throughput);
  return {fields.IntOr("warm_read", initial.read_units),
          fields.IntOr("warm_write", initial.write_units)};
}

void WriteShown(Writer& out, const model::TableDescription& shown) {
  out.BeginObject();
  out.Key("billing").String(NameOf(shown.billing));
  out.Key("on_demand_since").Int(shown.on_demand_since.count());
  WriteThroughput(out, shown.throughput);
  WriteChanges(out, shown.throughput_changes);
  WriteLimits(out, {}, shown.warm);
  out.Key("warming").Bool(shown.warming);
  out.Key("kms_key").String(shown.kms_key_arn);
  out.Key("encryption_changing").Bool(shown.encryption_changing);
  out.Key("table_class").String(NameOf(shown.table_class));
  out.Key("table_class_changed_at").Int(shown.table_class_changed_at.count());
  out.Key("indexes").BeginArray();
  for (const model::IndexDescription& index : shown.indexes) {
    out.BeginObject().Key("name").String(index.name);
    WriteThroughput(out, index.throughput);
    WriteChanges(out, index.throughput_changes);
    WriteLimits(out, {}, index.warm);
    out.Key("warming").Bool(index.warming).Key("status").String(NameOf(index.status));
    out.EndObject();
  }
  out.EndArray().EndObject();
}

model::TableDescription ReadShown(Fields& fields) {
  model::TableDescription shown;
  shown.billing = fields.Named<model::BillingMode>("billing");
  shown.on_demand_since = base::Micros(fields.Int("on_demand_since"));
  shown.throughput = ReadThroughput(fields);
  shown.throughput_changes = ReadChanges(fields);
  shown.warm = ReadWarm(fields, shown.billing, shown.throughput);
  shown.warming = fields.Bool("warming");
  shown.kms_key_arn = fields.Text("kms_key");
  shown.encryption_changing = fields.Bool("encryption_changing");
  shown.table_class = fields.Named<model::TableClass>("table_class");
  shown.table_class_changed_at = base::Micros(fields.Int("table_class_changed_at"));
  fields.Each("indexes", [&](json::Element element) {
    Fields members(element);
    model::IndexDescription index;
    index.name = members.Text("name");
    index.throughput = ReadThroughput(members);
    index.throughput_changes = ReadChanges(members);
    index.warm = ReadWarm(members, shown.billing, index.throughput);
    index.warming = members.Bool("warming");
    index.status = members.Named<model::TableStatus>("status");
    shown.indexes.push_back(std::move(index));
    return members.complete();
  });
  return shown;
}

}  // namespace cruddur::engine
