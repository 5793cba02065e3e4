#include "engine/row.h"

#include "engine/key_codec.h"
#include "model/stored_item.h"

namespace cruddur::engine {

void AppendRow(const model::Item& item, size_t size, std::string& out) {
  AppendUint32(static_cast<uint32_t>(size), out);
  model::EncodeItem(item, out);
}

base::Result<Row> ParseRow(std::string_view value) {
  if (value.size() < 4) return base::Fail(base::ErrorCode::kCorruption, "a row is too short");
  return Row{ReadUint32(value), value.substr(4)};
}

}  // namespace cruddur::engine
