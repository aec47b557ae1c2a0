using System.Collections.Frozen;
using System.Globalization;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Feed;

/// <summary>Reads an instance of a store from its Consul service: id, address, the ports, <c>login</c> and <c>tls</c> of its metadata, its weight and its checks.</summary>
internal static class StoreInstanceReader
{
    private static readonly string[] Logins = ["external", "token", "master", "password", "bearer"];

    /// <summary>Reads; null when the service cannot be used. What is wrong goes into <paramref name="problems"/>.</summary>
    /// <param name="instance">Consul's answer.</param>
    /// <param name="lastGood">The same instance before; supplies what is unreadable now.</param>
    /// <param name="problems">Phrases for the operator.</param>
    public static StoreInstance? Read(ServiceHealth instance, StoreInstance? lastGood, ISet<string> problems)
    {
        var id = instance.Service.Id;
        if (StoreId.Problem(id) is { } idProblem)
        {
            problems.Add($"the service id '{id}' is ignored: {idProblem}");
            return null;
        }

        var (isOut, weight, detail) = Judge(instance);
        var address = instance.Service.Address.Length != 0 ? instance.Service.Address : instance.Node.Address;
        var meta = instance.Service.Meta ?? new Dictionary<string, string>();
        var tls = Tls(meta);
        var ports = Ports(meta, out var portProblem);
        var login = meta.GetValueOrDefault("login");
        var problem = portProblem
            ?? (tls is null ? $"meta tls '{meta["tls"]}' is none of none, starttls, implicit" : null)
            ?? (login is not null && !Logins.Contains(login) ? $"meta login '{login}' is none of {string.Join(", ", Logins)}" : null)
            ?? (Uri.CheckHostName(address) == UriHostNameType.Unknown ? $"the address '{address}' is neither a host name nor an IP address" : null);
        if (problem is not null)
        {
            problems.Add($"store {id}: {problem}; {(lastGood is null ? "the store is ignored" : "its last good settings stay in force")}");
            return lastGood is null ? null : lastGood with { Weight = weight, IsOut = isOut, Detail = detail };
        }

        return new StoreInstance(id, instance.Node.Node, address, ports, tls!.Value, login, weight, isOut, detail);
    }

    // Without a word about TLS it is required: a forgotten key must not put credentials on the wire in clear.
    internal static StoreTlsMode? Tls(IReadOnlyDictionary<string, string>? meta) => meta?.GetValueOrDefault("tls", "starttls") switch
    {
        "none" => StoreTlsMode.None,
        null or "starttls" => StoreTlsMode.StartTls,
        "implicit" => StoreTlsMode.Implicit,
        _ => null,
    };

    private static FrozenDictionary<StoreService, int> Ports(IReadOnlyDictionary<string, string> meta, out string? problem)
    {
        problem = null;
        var ports = new Dictionary<StoreService, int>();
        foreach (var service in Enum.GetValues<StoreService>())
        {
            if (!meta.TryGetValue(StoreMeta.PortKey(service), out var text) || text.Length == 0)
            {
                continue;
            }

            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue)
            {
                ports[service] = port;
            }
            else
            {
                problem = $"meta {StoreMeta.PortKey(service)} '{text}' is no port";
            }
        }

        return ports.ToFrozenDictionary();
    }

    // Maintenance mode is an extra critical check; it is told apart only for people. The node's own checks count as the service's.
    internal static (bool IsOut, int Weight, string Detail) Judge(ServiceHealth instance)
    {
        var critical = instance.Checks.FirstOrDefault(c => c.Status is not (HealthStatus.Passing or HealthStatus.Warning));
        if (critical is null)
        {
            var weights = instance.Service.Weights;
            return (false, Math.Max(0, instance.Checks.Any(c => c.Status == HealthStatus.Warning) ? weights.Warning : weights.Passing), "");
        }

        var output = PrintableText.Of(critical.Output).Trim();
        var maintenance = critical.CheckId.StartsWith("_service_maintenance", StringComparison.Ordinal) || critical.CheckId == "_node_maintenance";
        return (true, instance.Service.Weights.Passing, maintenance
            ? $"in maintenance: {PrintableText.Of(critical.Notes)}"
            : $"check {PrintableText.Of(critical.CheckId)} {PrintableText.Of(critical.Status)}{(output.Length == 0 ? "" : ": " + output)}");
    }
}
