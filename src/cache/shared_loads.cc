#include "cache/shared_loads.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>

namespace cruddur::cache {

std::string SharedLoads::NameOf(std::string_view key, uint64_t version) {
  std::string name(reinterpret_cast<const char*>(&version), sizeof version);
  return name.append(key);
}

std::shared_ptr<SharedLoads::Waiter> SharedLoads::Join(const std::string& name,
                                                       const base::Executor& executor) {
  const std::lock_guard lock(mutex_);
  const auto [load, leads] = running_.try_emplace(name);
  if (leads) return nullptr;
  return load->second.emplace_back(std::make_shared<Waiter>(executor));
}

base::Task<SharedLoads::Loaded> SharedLoads::Wait(std::shared_ptr<Waiter> waiter) {
  if (!waiter->answer) co_await waiter->timer.async_wait(base::asio::as_tuple(base::kUseTask));
  co_return *waiter->answer;
}

void SharedLoads::End(const std::string& name, const Loaded& loaded) {
  Waiters waiters;
  {
    const std::lock_guard lock(mutex_);
    waiters = std::move(running_.extract(name).mapped());
  }
  for (const std::shared_ptr<Waiter>& waiter : waiters) {
    base::asio::post(waiter->timer.get_executor(), [waiter, loaded] {
      waiter->answer = loaded;
      waiter->timer.cancel();
    });
  }
}

void SharedLoads::Leader::Finish(const Loaded& loaded) {
  finished_ = true;
  loads_.End(name_, loaded);
}

SharedLoads::Leader::~Leader() {
  if (finished_) return;
  loads_.End(name_, base::Fail(base::ErrorCode::kUnavailable,
                               "the load that this waited for ended "
                               "without an answer"));
}

}  // namespace cruddur::cache
