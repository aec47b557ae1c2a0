using System.Text.Json;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Consul.Moves;
using MailProxy.Routing.Consul.Registration;
using MailProxy.Routing.Moves;

namespace MailProxy.Routing.Consul.Plans;

/// <summary>What every live proxy routes by, as it tells in <c>mailproxy/proxies/&lt;node&gt;</c>.</summary>
public sealed class ProxyRoutes
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly IConsulClient consul;
    private readonly MoveKeys keys;
    private readonly ConsulRetry retry;
    private readonly TimeProvider time;

    internal ProxyRoutes(IConsulClient consul, MoveKeys keys, ConsulRetry retry, TimeProvider time) =>
        (this.consul, this.keys, this.retry, this.time) = (consul, keys, retry, time);

    /// <summary>Waits until every live proxy goes by pins and slots at least as new as these indexes.</summary>
    /// <exception cref="MoveException">Some do not in time: the text names them.</exception>
    public async Task AwaitAsync(ulong pins, ulong slots, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (await BehindAsync(pins, slots, cancellationToken) is { Count: > 0 } behind)
        {
            if (time.GetElapsedTime(started) >= patience)
            {
                throw new MoveException(
                    $"these proxies do not tell that they go by the new routes, after {patience.TotalSeconds:0} s: {string.Join(", ", behind)}. Look at their /readyz?verbose (an older version does not tell), then repeat this.");
            }

            await Task.Delay(Look, time, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<string>> BehindAsync(ulong pins, ulong slots, CancellationToken cancellationToken)
    {
        var nodes = await retry.RunAsync(() => consul.Kv.ListAsync(keys.Proxies, default, cancellationToken), cancellationToken);
        var live = nodes.Value.Where(pair => pair.Session is not null).ToDictionary(pair => pair.Key[keys.Proxies.Length..], Read, StringComparer.Ordinal);

        // A proxy that serves but has no key must not be taken for absent.
        var services = await retry.RunAsync(() => consul.Health.ServiceAsync(ProxyRegistration.ServiceName, default, cancellationToken), cancellationToken);
        var serving = services.Value.Where(instance => instance.Checks.All(check => check.Status != HealthStatus.Critical)).Select(instance => instance.Service.Id);
        var wanted = live.Keys.Union(serving, StringComparer.Ordinal).ToList();
        return wanted.Count == 0
            ? ["(no live proxy is listed: does none run, or may this token not read them?)"]
            : [.. wanted.Where(node => live.GetValueOrDefault(node) is not { } told || told.Applied < pins || told.Slots < slots).Order(StringComparer.Ordinal)];
    }

    private static ProxyDocument? Read(KvPair pair)
    {
        try
        {
            return JsonSerializer.Deserialize(pair.Value, RoutingJson.Default.ProxyDocument);
        }
        catch (JsonException)
        {
            // Not written by a proxy of ours: it has told nothing.
            return null;
        }
    }
}
