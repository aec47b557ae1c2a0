using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Watch;
using MailProxy.Routing.Views;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Feed;

/// <summary>What every feed needs.</summary>
internal sealed record FeedContext(IConsulClient Consul, string Prefix, Router Router, WatchOptions Watch, TimeProvider Time, Random Random, ILogger Logger);
