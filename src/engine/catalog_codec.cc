#include "engine/catalog_codec.h"

#include "engine/settings_codec.h"
#include "engine/ttl_index.h"

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

void WriteIndex(Writer& out, const model::IndexDescription& index, const IndexState& state) {
  out.BeginObject();
  out.Key("keyspace").Int(state.id).Key("name").String(index.name);
  out.Key("global").Bool(index.global);
  WriteSchema(out, index.keys);
  out.Key("projection").String(NameOf(index.projection.type)).Key("non_key").BeginArray();
  for (const std::string& name : index.projection.non_key_attributes) out.String(name);
  out.EndArray();
  WriteThroughput(out, index.throughput);
  WriteChanges(out, index.throughput_changes);
  WriteLimits(out, index.on_demand, index.warm);
  out.Key("status").String(NameOf(index.status));
  out.Key("backfilling").Bool(state.backfill != nullptr);
  if (state.allocating) out.Key("allocating").Int(1);
  out.Key("arn").String(index.arn);
  out.EndObject();
}

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
  index.throughput = ReadThroughput(fields);
  index.throughput_changes = ReadChanges(fields);
  index.on_demand = ReadOnDemand(fields);
  index.warm = ReadWarm(fields, table.description.billing, index.throughput);
  index.status = fields.Named<model::TableStatus>("status");
  index.arn = fields.Text("arn");
  state.allocating = fields.IntOr("allocating", 0) != 0;
  if (fields.Bool("backfilling")) {
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

constexpr std::string_view NameOf(TableChange change) {
  switch (change) {
    case TableChange::kNone:
      return "";
    case TableChange::kThroughput:
      return "throughput";
    case TableChange::kStream:
      return "stream";
    case TableChange::kTableClass:
      return "table class";
  }
  return "";
}

bool FromName(std::string_view name, TableChange& change) {
  for (const TableChange each : {TableChange::kNone, TableChange::kThroughput, TableChange::kStream,
                                 TableChange::kTableClass}) {
    if (NameOf(each) != name) continue;
    change = each;
    return true;
  }
  return false;
}

void WriteTransition(Writer& out, const TableState& table) {
  out.Key("settles_at").Int(table.settles_at.count());
  if (table.changing != TableChange::kNone) out.Key("changing").String(NameOf(table.changing));
  if (table.shown == nullptr) return;
  out.Key("shown");
  WriteShown(out, *table.shown);
}

// Stores of before anything took its time have none of it.
void ReadTransition(Fields& fields, TableState& table) {
  table.settles_at = base::Micros(fields.IntOr("settles_at", 0));
  if (!FromName(fields.TextOr("changing", ""), table.changing)) fields.MarkIncomplete();
  fields.IfThere("shown", [&](json::Element element) {
    Fields members(element);
    table.shown = std::make_shared<const model::TableDescription>(ReadShown(members));
    return members.complete();
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
    WriteIndex(out, description.indexes[i], table.indexes[i]);
  }
  out.EndArray();
  out.Key("billing").String(NameOf(description.billing));
  WriteThroughput(out, description.throughput);
  WriteChanges(out, description.throughput_changes);
  WriteLimits(out, description.on_demand, description.warm);
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
  WriteTransition(out, table);
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
  description.throughput = ReadThroughput(fields);
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
  ReadTransition(fields, table);
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
