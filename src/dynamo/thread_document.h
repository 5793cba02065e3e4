// Parses JSON with one parser a thread, for texts that are read without a break.
#pragma once

#include <optional>
#include <string_view>

#include "json/reader.h"

namespace cruddur::dynamo {

// A parser grows with the largest text that it has seen and keeps that memory: for rare large texts
// it is made anew.
inline constexpr size_t kKeptParserBytes = 256 * 1024;

// read(element) of the parsed text; the element is valid within it. The error of a text that isn't
// JSON goes to failed(message). Both give the same type. Not from within another ReadJson.
template <class Read, class Failed>
auto ReadJson(std::string_view text, Read&& read, Failed&& failed) {
  thread_local json::Document kept;
  std::optional<json::Document> once;
  if (text.size() > kKeptParserBytes) once.emplace();
  auto body = (once ? *once : kept).Parse(text);
  return body ? read(*body) : failed(body.error().message);
}

}  // namespace cruddur::dynamo
