#include "stream/dead_letter_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/random.h"
#include "base/timestamp.h"

namespace cruddur::stream {
namespace {

using base::ErrorCode;
using base::Fail;
using model::DbErrorCode;

constexpr char kLetter[] = "letter_id", kPart[] = "part", kParts[] = "parts", kBody[] = "body";
constexpr size_t kPartBytes = 300'000;  // an item holds 400 KB

std::unexpected<base::Error> Failed(const std::string& table, const model::DbError& error) {
  const bool missing = error.code == DbErrorCode::kResourceNotFound;
  return Fail(missing ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
              fmt::format("{}{}: {}", DeadLetterTable::kScheme, table, error.message));
}

// Cut between characters.
std::vector<std::string> Cut(std::string_view text) {
  std::vector<std::string> parts;
  do {
    size_t size = std::min(text.size(), kPartBytes);
    while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
    parts.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
  } while (!text.empty());
  return parts;
}

model::Item KeyOf(const std::string& id, size_t part) {
  model::Item key;
  key.Set(kLetter, id);
  key.Set(kPart, model::Number(static_cast<int64_t>(part)));
  return key;
}

model::CreateTableRequest TableFor(const std::string& name) {
  const model::KeyAttribute letter{kLetter, model::Type::kS}, part{kPart, model::Type::kN};
  model::CreateTableRequest request;
  request.table = name;
  request.keys.partition = {letter};
  request.keys.sort = {part};
  request.attribute_definitions = {letter, part};
  request.billing = model::BillingMode::kPayPerRequest;
  return request;
}

size_t WholeNumber(const model::AttributeValue* value) {
  const auto* number = value ? std::get_if<model::Number>(&value->value) : nullptr;
  if (number == nullptr) return 0;
  int64_t whole = 0;
  return number->AsInt64(whole) ? static_cast<size_t>(std::max<int64_t>(whole, 0)) : 0;
}

}  // namespace

base::Task<model::DbStatus> DeadLetterTable::Put(model::Item item) {
  model::PutItemRequest request;
  request.table = table_;
  request.item = item;
  auto put = co_await client_.PutItem(request);
  if (!put && put.error().code == DbErrorCode::kResourceNotFound) {
    const auto created = co_await client_.CreateTable(TableFor(table_));
    // Where somebody else just did it, it is there, or will be.
    if (!created && created.error().code != DbErrorCode::kResourceInUse) {
      co_return std::unexpected(created.error());
    }
    put = co_await client_.PutItem(std::move(request));
  }
  if (!put) co_return std::unexpected(std::move(put).error());
  co_return model::DbStatus();
}

base::Task<base::Status> DeadLetterTable::Keep(std::string letter) {
  const std::vector<std::string> parts = Cut(letter);
  const std::string id = base::FormatTimestamp(clock_.Now()) + "#" + base::NewUuid();
  for (size_t part = parts.size(); part-- > 0;) {
    model::Item item = KeyOf(id, part);
    if (part == 0) item.Set(kParts, model::Number(static_cast<int64_t>(parts.size())));
    item.Set(kBody, parts[part]);
    if (const auto put = co_await Put(std::move(item)); !put) co_return Failed(table_, put.error());
  }
  co_return base::Status();
}

base::Task<base::Result<std::vector<DeadLetterTable::Entry>>> DeadLetterTable::List() {
  std::vector<Entry> entries;
  model::ScanRequest request{.table = table_};
  request.projection_expression = "#l, #n";
  request.filter_expression = "attribute_exists(#n)";
  request.placeholders.names = {{"#l", kLetter}, {"#n", kParts}};
  request.consistent_read = true;
  do {
    auto page = co_await client_.Scan(request);
    if (!page) co_return Failed(table_, page.error());
    for (const model::Item& item : page->items) {
      entries.push_back({std::string(item.FindString(kLetter)), WholeNumber(item.Find(kParts))});
    }
    request.exclusive_start_key = std::move(page->last_evaluated_key);
  } while (!request.exclusive_start_key.empty());
  std::ranges::sort(entries, {}, &Entry::id);
  co_return entries;
}

base::Task<base::Result<std::string>> DeadLetterTable::Read(const Entry& entry) {
  std::string letter;
  for (size_t part = 0; part < entry.parts; ++part) {
    model::GetItemRequest request{.table = table_, .key = KeyOf(entry.id, part)};
    request.consistent_read = true;
    const auto got = co_await client_.GetItem(std::move(request));
    if (!got) co_return Failed(table_, got.error());
    if (!got->item) {
      co_return Fail(ErrorCode::kNotFound,
                     fmt::format("{}: a part of letter {} is missing", place(), entry.id));
    }
    letter += got->item->FindString(kBody);
  }
  co_return letter;
}

base::Task<base::Status> DeadLetterTable::Delete(const Entry& entry) {
  for (size_t part = 0; part < entry.parts; ++part) {
    model::DeleteItemRequest request{.table = table_, .key = KeyOf(entry.id, part)};
    const auto deleted = co_await client_.DeleteItem(std::move(request));
    if (!deleted) co_return Failed(table_, deleted.error());
  }
  co_return base::Status();
}

base::Task<base::Result<RedriveReport>> Redrive(DeadLetterTable& table, Target& target) {
  RedriveReport report;
  CO_TRY_ASSIGN(const auto entries, co_await table.List());
  for (const DeadLetterTable::Entry& entry : entries) {
    const auto letter = co_await table.Read(entry);
    // Another one may have replayed it meanwhile.
    if (!letter && letter.error().code == ErrorCode::kNotFound) continue;
    if (!letter) co_return std::unexpected(letter.error());
    if (co_await Replay(*letter, target, report)) {
      CO_TRY(co_await table.Delete(entry));
    }
  }
  co_return report;
}

}  // namespace cruddur::stream
