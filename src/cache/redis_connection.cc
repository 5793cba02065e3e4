#include "cache/redis_connection.h"

#include <hiredis/hiredis.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/log.h"

namespace cruddur::cache {
namespace {

namespace asio = base::asio;
using base::ErrorCode;
using base::Fail;
using base::Result;
using base::Status;
using base::Task;
using net::ClientStream;
using net::SteadyTime;

constexpr std::chrono::milliseconds kConnectTime{1'000};
// Of an id, which has 40.
constexpr size_t kIdDigits = 16;
constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;

std::unexpected<base::Error> Refusal(const redisReply& reply) {
  return Fail(ErrorCode::kUnavailable, "Redis: " + std::string(reply.str, reply.len));
}

}  // namespace

void FreeRedisReply::operator()(redisReply* reply) const { freeReplyObject(reply); }
void RedisConnection::FreeReader::operator()(redisReader* reader) const { redisReaderFree(reader); }

std::string RedisCommand(const std::vector<std::string_view>& words) {
  std::vector<const char*> data;
  std::vector<size_t> sizes;
  for (const std::string_view word : words) {
    data.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* text = nullptr;
  const auto length =
      redisFormatCommandArgv(&text, static_cast<int>(words.size()), data.data(), sizes.data());
  if (length < 0) throw std::bad_alloc();
  std::string command(text, static_cast<size_t>(length));
  redisFreeCommand(text);
  return command;
}

// One who waits for an answer. What resumes him is his timer.
struct RedisConnection::Waiter {
  Waiter(base::Loop& loop, SteadyTime deadline) : timer(loop, deadline) {}

  void Answer(Result<RedisReply> what) {
    answer = std::move(what);
    timer.cancel();
  }

  net::Timer timer;
  std::optional<Result<RedisReply>> answer;
};

RedisConnection::RedisConnection(base::Loop& loop, const RedisAddress& address,
                                 net::NameLookUp& names, net::TlsContext* tls,
                                 std::shared_ptr<const void> owner)
    : owner_(std::move(owner)), loop_(loop), address_(address), names_(names), tls_(tls) {}

RedisConnection::~RedisConnection() = default;

Task<Result<RedisReply>> RedisConnection::Call(std::string command, SteadyTime deadline) {
  const auto self = shared_from_this();
  const auto waiter = std::make_shared<Waiter>(loop_, deadline);
  waiting_.push_back(waiter);
  out_ += command;
  if (state_ == State::kClosed) {
    state_ = State::kConnecting;
    stream_ = std::make_shared<ClientStream>(loop_, address_.origin, names_, tls_, kConnectTime);
    reader_.reset(redisReaderCreate());
    in_.clear();
    asio::co_spawn(
        loop_,
        [](std::shared_ptr<RedisConnection> self) -> Task<void> {
          co_await self->Run(self->stream_);
        }(self),
        asio::detached);
  } else if (state_ == State::kOpen && !writing_) {
    asio::co_spawn(
        loop_,
        [](std::shared_ptr<RedisConnection> self) -> Task<void> {
          co_await self->Flush(self->stream_);
        }(self),
        asio::detached);
  }
  if (!waiter->answer) co_await waiter->timer.async_wait(asio::as_tuple(base::kUseTask));
  if (!waiter->answer) {
    const base::Error late{ErrorCode::kDeadlineExceeded,
                           "no answer from " + address_.origin.HostHeader() + " in time"};
    // Connecting has a time of its own.
    if (state_ == State::kOpen) GiveUp(late);
    co_return std::unexpected(late);
  }
  auto answer = *std::move(waiter->answer);
  if (answer && (*answer)->type == REDIS_REPLY_ERROR) {
    // It has become a replica: who it is is to be asked anew.
    if (std::string_view((*answer)->str, (*answer)->len).starts_with("READONLY")) {
      GiveUp(Refusal(**answer).error());
    }
    co_return Refusal(**answer);
  }
  co_return std::move(answer);
}

Task<void> RedisConnection::Run(std::shared_ptr<ClientStream> stream) {
  Status open = co_await Open(*stream);
  if (stream != stream_) co_return;  // given up meanwhile
  if (!open) co_return GiveUp(open.error());
  state_ = State::kOpen;
  asio::co_spawn(
      loop_,
      [](std::shared_ptr<RedisConnection> self, std::shared_ptr<ClientStream> stream)
          -> Task<void> { co_await self->Flush(std::move(stream)); }(shared_from_this(), stream),
      asio::detached);
  for (;;) {
    auto reply = co_await Next(*stream);
    if (stream != stream_) co_return;
    if (!reply) co_return GiveUp(reply.error());
    if (waiting_.empty()) {
      co_return GiveUp({ErrorCode::kUnavailable, "Redis says what nobody asked for"});
    }
    const auto waiter = std::move(waiting_.front());
    waiting_.pop_front();
    reply->source = source_;
    waiter->Answer(*std::move(reply));
  }
}

Task<Status> RedisConnection::Open(ClientStream& stream) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + kConnectTime;
  CO_TRY(co_await stream.Connect(deadline));
  std::vector<std::string> greetings;
  if (!address_.password.empty()) {
    std::vector<std::string_view> words{"AUTH"};
    if (!address_.user.empty()) words.push_back(address_.user);
    words.push_back(address_.password);
    greetings.push_back(RedisCommand(words));
  }
  if (address_.database != 0) {
    greetings.push_back(RedisCommand({"SELECT", std::to_string(address_.database)}));
  }
  stream.Arm(deadline);
  for (const std::string& greeting : greetings) {
    if (const auto error = co_await stream.Write(greeting)) {
      co_return std::unexpected(stream.Explain("cannot write to ", error));
    }
    CO_TRY_ASSIGN(const RedisReply reply, co_await Next(stream));
    if (reply->type == REDIS_REPLY_ERROR) co_return Refusal(*reply);
  }
  CO_TRY_ASSIGN(source_, co_await SourceOf(stream));
  stream.Disarm();
  co_return Status();
}

// The run id is another one after each start, so what a snapshot brought back isn't taken; the
// replication id after each promotion of a replica.
Task<Result<uint64_t>> RedisConnection::SourceOf(ClientStream& stream) {
  uint64_t source = 0;
  const std::pair<std::string_view, std::string_view> names[] = {{"server", "run_id:"},
                                                                 {"replication", "master_replid:"}};
  for (const auto& [section, name] : names) {
    const std::string question = RedisCommand({"INFO", section});
    if (const auto error = co_await stream.Write(question)) {
      co_return std::unexpected(stream.Explain("cannot write to ", error));
    }
    CO_TRY_ASSIGN(const RedisReply reply, co_await Next(stream));
    const std::string_view text(reply->str, reply->str ? reply->len : 0);
    const size_t found = text.find(name);
    uint64_t id = 0;
    if (reply->type != REDIS_REPLY_ERROR && found != text.npos &&
        text.size() - found >= name.size() + kIdDigits) {
      const char* digits = text.data() + found + name.size();
      std::from_chars(digits, digits + kIdDigits, id, 16);
    }
    if (id == 0 && !std::exchange(has_complained_, true)) {
      base::Log(base::LogLevel::kWarn,
                "Redis doesn't say who it is: what it had before a restart may come back",
                {{"asked", "INFO " + std::string(section)}});
    }
    source = source * kOdd + id;
  }
  co_return source;
}

Task<Result<RedisReply>> RedisConnection::Next(ClientStream& stream) {
  const auto self = shared_from_this();
  for (;;) {
    void* found = nullptr;
    if (&stream != stream_.get()) co_return Fail(ErrorCode::kUnavailable, "given up");
    if (redisReaderGetReply(reader_.get(), &found) != REDIS_OK) {
      co_return Fail(ErrorCode::kUnavailable,
                     address_.origin.HostHeader() + " doesn't speak as Redis does");
    }
    if (found != nullptr) co_return RedisReply(static_cast<redisReply*>(found));
    const auto [error, bytes] = co_await stream.Read(in_);
    if (&stream != stream_.get()) co_return Fail(ErrorCode::kUnavailable, "given up");
    if (error) co_return std::unexpected(stream.Explain("no answer from ", error));
    redisReaderFeed(reader_.get(), in_.data(), in_.size());
    in_.clear();
  }
}

Task<void> RedisConnection::Flush(std::shared_ptr<ClientStream> stream) {
  if (writing_) co_return;
  writing_ = true;
  while (stream == stream_ && !out_.empty()) {
    const std::string bytes = std::exchange(out_, {});
    if (const auto error = co_await stream->Write(bytes)) {
      if (stream == stream_) GiveUp(stream->Explain("cannot write to ", error));
      co_return;
    }
  }
  if (stream == stream_) writing_ = false;
}

void RedisConnection::GiveUp(const base::Error& why) {
  if (stream_) stream_->Close();
  stream_ = nullptr;
  state_ = State::kClosed;
  writing_ = false;
  out_.clear();
  for (const auto& waiter : std::exchange(waiting_, {})) waiter->Answer(std::unexpected(why));
}

void RedisConnection::Close() { GiveUp({ErrorCode::kUnavailable, "closed"}); }

}  // namespace cruddur::cache
