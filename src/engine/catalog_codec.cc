#include "engine/catalog_codec.h"

#include "engine/table_settings.h"
#include "engine/ttl_index.h"
#include "json/reader.h"
#include "json/writer.h"

namespace cruddur::engine {
namespace {

using base::ErrorCode;
using base::Fail;
using json::Writer;

void WriteKeys(Writer& out, std::string_view name, const std::vector<model::KeyAttribute>& keys) {
  out.Key(name).BeginArray();
  for (const model::KeyAttribute& key : keys) {
    out.BeginObject().Key("name").String(key.name).Key("type").String(TypeName(key.type));
    out.EndObject();
  }
  out.EndArray();
}

void WriteSchema(Writer& out, const model::KeySchema& keys) {
  WriteKeys(out, "partition", keys.partition);
  WriteKeys(out, "sort", keys.sort);
}

void WriteThroughput(Writer& out, const model::Throughput& throughput) {
  out.Key("read_units").Int(throughput.read_units);
  out.Key("write_units").Int(throughput.write_units);
}

// What earlier versions didn't have, and what is at its default, isn't written.
void WriteSettings(Writer& out, const model::OnDemandThroughput& on_demand,
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

void WriteIndex(Writer& out, const model::IndexDescription& index, KeyspaceId id) {
  out.BeginObject();
  out.Key("keyspace").Int(id).Key("name").String(index.name).Key("global").Bool(index.global);
  WriteSchema(out, index.keys);
  out.Key("projection").String(NameOf(index.projection.type)).Key("non_key").BeginArray();
  for (const std::string& name : index.projection.non_key_attributes) out.String(name);
  out.EndArray();
  WriteThroughput(out, index.throughput);
  WriteChanges(out, index.throughput_changes);
  WriteSettings(out, index.on_demand, index.warm);
  out.Key("status").String(NameOf(index.status)).Key("backfilling").Bool(index.backfilling);
  out.Key("arn").String(index.arn);
  out.EndObject();
}

// Reads the members of one object. What is missing or of another type makes `complete` false and
// reads as nothing: one check at the end is enough.
class Fields {
 public:
  explicit Fields(json::Element element) { complete_ = element.get(object_) == simdjson::SUCCESS; }

  bool complete() const { return complete_; }

  std::string Text(const char* name) { return std::string(Get<std::string_view>(name)); }
  int64_t Int(const char* name) { return Get<int64_t>(name); }
  // For members that earlier versions didn't write.
  int64_t IntOr(const char* name, int64_t missing) {
    int64_t value = missing;
    const auto error = complete_ ? object_[name].get(value) : simdjson::SUCCESS;
    if (error != simdjson::SUCCESS && error != simdjson::NO_SUCH_FIELD) complete_ = false;
    return value;
  }
  std::string TextOr(const char* name, std::string_view missing) {
    std::string_view value = missing;
    const auto error = complete_ ? object_[name].get(value) : simdjson::SUCCESS;
    if (error != simdjson::SUCCESS && error != simdjson::NO_SUCH_FIELD) complete_ = false;
    return std::string(value);
  }
  bool Bool(const char* name) { return Get<bool>(name); }
  template <class Integer>
  Integer Id(const char* name) {
    const int64_t value = Int(name);
    if (!std::in_range<Integer>(value)) complete_ = false;
    return static_cast<Integer>(value);
  }
  template <class Enum>
  Enum Named(const char* name) {
    Enum value{};
    if (!FromName(Get<std::string_view>(name), value)) complete_ = false;
    return value;
  }
  // Calls read(element) for each of an array that earlier versions didn't write.
  template <class Read>
  void EachIfThere(const char* name, Read read) {
    json::Array array;
    if (complete_ && object_[name].get(array) == simdjson::NO_SUCH_FIELD) return;
    Each(name, read);
  }
  // Calls read(element) for each of the array.
  template <class Read>
  void Each(const char* name, Read read) {
    json::Array array;
    if (!complete_ || object_[name].get(array) != simdjson::SUCCESS) {
      complete_ = false;
      return;
    }
    for (const json::Element element : array) {
      if (!read(element)) complete_ = false;
    }
  }

 private:
  template <class T>
  T Get(const char* name) {
    T value{};
    if (!complete_ || object_[name].get(value) != simdjson::SUCCESS) complete_ = false;
    return value;
  }

  json::Object object_;
  bool complete_ = false;
};

void ReadKeys(Fields& fields, const char* name, std::vector<model::KeyAttribute>& out) {
  fields.Each(name, [&](json::Element element) {
    Fields key(element);
    model::KeyAttribute attribute{key.Text("name"), model::Type::kS};
    const bool known = model::TypeFromName(key.Text("type"), attribute.type);
    out.push_back(std::move(attribute));
    return known && key.complete();
  });
}

model::KeySchema ReadSchema(Fields& fields) {
  model::KeySchema keys;
  ReadKeys(fields, "partition", keys.partition);
  ReadKeys(fields, "sort", keys.sort);
  return keys;
}

model::OnDemandThroughput ReadOnDemand(Fields& fields) {
  model::OnDemandThroughput on_demand;
  if (const int64_t read = fields.IntOr("max_read", 0); read != 0) on_demand.max_read = read;
  if (const int64_t write = fields.IntOr("max_write", 0); write != 0) on_demand.max_write = write;
  return on_demand;
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

bool ReadIndex(json::Element element, TableState& table) {
  Fields fields(element);
  model::IndexDescription index;
  IndexState state;
  state.id = fields.Id<KeyspaceId>("keyspace");
  index.name = fields.Text("name");
  index.global = fields.Bool("global");
  index.keys = ReadSchema(fields);
  index.projection.type = fields.Named<model::ProjectionType>("projection");
  fields.Each("non_key", [&](json::Element name) {
    std::string_view text;
    const bool read = name.get(text) == simdjson::SUCCESS;
    index.projection.non_key_attributes.emplace_back(text);
    return read;
  });
  index.throughput = {fields.Int("read_units"), fields.Int("write_units")};
  index.throughput_changes = ReadChanges(fields);
  index.on_demand = ReadOnDemand(fields);
  index.warm = ReadWarm(fields, table.description.billing, index.throughput);
  index.status = fields.Named<model::TableStatus>("status");
  index.backfilling = fields.Bool("backfilling");
  index.arn = fields.Text("arn");
  if (index.backfilling) {
    state.backfill = std::make_shared<BackfillProgress>();
    state.backfill->leftovers = true;
  }
  table.description.indexes.push_back(std::move(index));
  table.indexes.push_back(std::move(state));
  return fields.complete();
}

TtlState ReadTtl(Fields& fields) {
  TtlState ttl;
  ttl.attribute = fields.Text("ttl_attribute");
  // Stores of before there was TTL don't say: it is off.
  ttl.changed_at = base::Micros(fields.IntOr("ttl_changed_at", 0));
  ttl.settles_at = base::Micros(fields.IntOr("ttl_settles_at", 0));
  ttl.index = static_cast<KeyspaceId>(fields.IntOr("ttl_index", 0));
  if (!ttl.on()) return ttl;
  ttl.progress = std::make_shared<TtlProgress>();
  if (fields.IntOr("ttl_backfilling", 0) != 0) {
    ttl.backfill = std::make_shared<BackfillProgress>();
    ttl.backfill->leftovers = true;
  }
  return ttl;
}

void WriteSettings(Writer& out, const TableState& table) {
  out.Key("policies").BeginArray();
  for (const auto& [of, policy] : table.policies) {
    out.BeginObject().Key("of").String(of).Key("document").String(policy.policy);
    out.Key("revision").String(policy.revision_id).EndObject();
  }
  out.EndArray().Key("insights").BeginArray();
  for (const auto& [of, insights] : table.insights) {
    out.BeginObject().Key("of").String(of).Key("enabled").Bool(insights.enabled);
    out.Key("mode").String(NameOf(insights.mode));
    out.Key("changed_at").Int(insights.changed_at.count()).EndObject();
  }
  out.EndArray();
}

void ReadSettings(Fields& fields, TableState& table) {
  fields.EachIfThere("policies", [&](json::Element element) {
    Fields policy(element);
    table.policies[policy.Text("of")] = {policy.Text("document"), policy.Text("revision")};
    return policy.complete();
  });
  fields.EachIfThere("insights", [&](json::Element element) {
    Fields insights(element);
    table.insights[insights.Text("of")] = {insights.Bool("enabled"),
                                           insights.Named<model::ContributorInsightsMode>("mode"),
                                           base::Micros(insights.Int("changed_at"))};
    return insights.complete();
  });
}

bool ReadShard(json::Element element, StreamState& stream) {
  Fields fields(element);
  ShardState shard;
  shard.number = fields.Id<uint32_t>("number");
  shard.id = fields.Text("id");
  shard.parent_id = fields.Text("parent");
  shard.first_sequence = fields.Id<uint64_t>("first");
  shard.last_sequence = fields.Id<uint64_t>("last");
  // Stores of before shards were split don't say: the stream has one then, as old as itself.
  shard.opened_at = base::Micros(fields.IntOr("opened_at", stream.created_at.count()));
  shard.closed_at = base::Micros(fields.IntOr("closed_at", stream.disabled_at.count()));
  stream.shards.push_back(std::move(shard));
  return fields.complete();
}

auto Unreadable(std::string_view what) {
  return Fail(ErrorCode::kCorruption, "a row of the catalog does not read: " + std::string(what));
}

}  // namespace

std::string EncodeTable(const TableState& table) {
  const model::TableDescription& description = table.description;
  std::string json;
  Writer out(json);
  out.BeginObject();
  out.Key("keyspace").Int(table.id).Key("name").String(description.name);
  out.Key("arn").String(description.arn).Key("id").String(description.id);
  WriteSchema(out, description.keys);
  out.Key("indexes").BeginArray();
  for (size_t i = 0; i < table.indexes.size(); ++i) {
    WriteIndex(out, description.indexes[i], table.indexes[i].id);
  }
  out.EndArray();
  out.Key("billing").String(NameOf(description.billing));
  WriteThroughput(out, description.throughput);
  WriteChanges(out, description.throughput_changes);
  WriteSettings(out, description.on_demand, description.warm);
  out.Key("on_demand_since").Int(description.on_demand_since.count());
  if (!description.kms_key_arn.empty()) out.Key("kms_key").String(description.kms_key_arn);
  out.Key("stream").Int(table.stream).Key("open_shard").Int(table.open_shard);
  if (description.stream_view) out.Key("stream_view").String(NameOf(*description.stream_view));
  out.Key("stream_label").String(description.stream_label);
  out.Key("stream_arn").String(description.stream_arn);
  out.Key("status").String(NameOf(description.status));
  out.Key("deletion_protection").Bool(description.deletion_protection);
  out.Key("table_class").String(NameOf(description.table_class));
  out.Key("table_class_changed_at").Int(description.table_class_changed_at.count());
  out.Key("ttl_attribute").String(table.ttl.attribute);
  out.Key("ttl_changed_at").Int(table.ttl.changed_at.count());
  out.Key("ttl_settles_at").Int(table.ttl.settles_at.count());
  out.Key("ttl_index").Int(table.ttl.index);
  out.Key("ttl_backfilling").Int(table.ttl.backfill != nullptr ? 1 : 0);
  out.Key("created_at").Int(description.created_at.count());
  out.Key("settles_at").Int(table.settles_at.count());
  out.Key("tags").BeginArray();
  for (const model::Tag& tag : table.tags) {
    out.BeginObject().Key("key").String(tag.key).Key("value").String(tag.value).EndObject();
  }
  out.EndArray();
  WriteSettings(out, table);
  out.EndObject();
  return json;
}

base::Result<TableState> DecodeTable(std::string_view json) {
  json::Document document;
  const auto element = document.Parse(json);
  if (!element) return Unreadable("table");
  Fields fields(*element);
  TableState table;
  model::TableDescription& description = table.description;
  table.id = fields.Id<KeyspaceId>("keyspace");
  description.name = fields.Text("name");
  description.arn = fields.Text("arn");
  description.id = fields.Text("id");
  description.keys = ReadSchema(fields);
  description.billing = fields.Named<model::BillingMode>("billing");
  description.throughput = {fields.Int("read_units"), fields.Int("write_units")};
  description.throughput_changes = ReadChanges(fields);
  description.on_demand = ReadOnDemand(fields);
  description.warm = ReadWarm(fields, description.billing, description.throughput);
  description.kms_key_arn = fields.TextOr("kms_key", "");
  fields.Each("indexes", [&](json::Element index) { return ReadIndex(index, table); });
  table.stream = fields.Id<StreamId>("stream");
  table.open_shard = fields.Id<uint32_t>("open_shard");
  if (table.stream != 0)
    description.stream_view = fields.Named<model::StreamViewType>("stream_view");
  description.stream_label = fields.Text("stream_label");
  description.stream_arn = fields.Text("stream_arn");
  description.status = fields.Named<model::TableStatus>("status");
  description.deletion_protection = fields.Bool("deletion_protection");
  description.table_class = fields.Named<model::TableClass>("table_class");
  description.table_class_changed_at = base::Micros(fields.IntOr("table_class_changed_at", 0));
  table.ttl = ReadTtl(fields);
  description.created_at = base::Micros(fields.Int("created_at"));
  const bool on_demand = description.billing == model::BillingMode::kPayPerRequest;
  description.on_demand_since =
      base::Micros(fields.IntOr("on_demand_since", on_demand ? description.created_at.count() : 0));
  table.settles_at = base::Micros(fields.IntOr("settles_at", 0));
  fields.Each("tags", [&](json::Element tag) {
    Fields members(tag);
    table.tags.push_back({members.Text("key"), members.Text("value")});
    return members.complete();
  });
  ReadSettings(fields, table);
  if (!fields.complete()) return Unreadable("table " + description.name);
  return table;
}

std::string EncodeStream(const StreamState& stream) {
  std::string json;
  Writer out(json);
  out.BeginObject();
  out.Key("stream").Int(stream.id).Key("arn").String(stream.arn).Key("label").String(stream.label);
  out.Key("table_name").String(stream.table_name).Key("table_id").String(stream.table_id);
  out.Key("view").String(NameOf(stream.view));
  WriteSchema(out, stream.keys);
  out.Key("created_at").Int(stream.created_at.count());
  out.Key("disabled_at").Int(stream.disabled_at.count());
  out.Key("shards").BeginArray();
  for (const ShardState& shard : stream.shards) {
    out.BeginObject().Key("number").Int(shard.number).Key("id").String(shard.id);
    out.Key("parent").String(shard.parent_id);
    out.Key("first").Int(static_cast<int64_t>(shard.first_sequence));
    out.Key("last").Int(static_cast<int64_t>(shard.last_sequence));
    out.Key("opened_at").Int(shard.opened_at.count());
    out.Key("closed_at").Int(shard.closed_at.count());
    out.EndObject();
  }
  out.EndArray();
  out.EndObject();
  return json;
}

base::Result<StreamState> DecodeStream(std::string_view json) {
  json::Document document;
  const auto element = document.Parse(json);
  if (!element) return Unreadable("stream");
  Fields fields(*element);
  StreamState stream;
  stream.id = fields.Id<StreamId>("stream");
  stream.arn = fields.Text("arn");
  stream.label = fields.Text("label");
  stream.table_name = fields.Text("table_name");
  stream.table_id = fields.Text("table_id");
  stream.view = fields.Named<model::StreamViewType>("view");
  stream.keys = ReadSchema(fields);
  stream.created_at = base::Micros(fields.Int("created_at"));
  stream.disabled_at = base::Micros(fields.Int("disabled_at"));
  fields.Each("shards", [&](json::Element shard) { return ReadShard(shard, stream); });
  if (!fields.complete()) return Unreadable("stream " + stream.arn);
  return stream;
}

}  // namespace cruddur::engine
