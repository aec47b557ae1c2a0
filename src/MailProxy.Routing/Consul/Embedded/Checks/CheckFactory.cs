using MailProxy.Routing.Consul.Embedded.State;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.Checks;

/// <summary>Makes check records from definitions, with Consul's rules for ids and first states.</summary>
internal static class CheckFactory
{
    /// <summary>Why a definition cannot be taken; null when it can.</summary>
    public static string? Problem(CheckDefinition definition)
    {
        var kinds = new[] { definition.Ttl, definition.Tcp, definition.Http }.Count(k => k.Length != 0);
        if (kinds != 1)
        {
            return "exactly one of TTL, TCP, and HTTP is possible here";
        }

        if (definition.TlsSkipVerify)
        {
            return "TLSSkipVerify is not possible with the embedded agent";
        }

        if (definition.Ttl.Length != 0)
        {
            return Ttl(definition) is null ? "TTL must be > 0" : null;
        }

        if (!GoDuration.TryParse(definition.Interval, out var interval) || interval <= TimeSpan.Zero)
        {
            return "Interval must be > 0 for Script, HTTP, or TCP checks";
        }

        return definition.Http.Length != 0 && !(Uri.TryCreate(definition.Http, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            ? "HTTP is no http or https URL"
            : null;
    }

    /// <summary>TTL of a TTL check; null for others.</summary>
    public static TimeSpan? Ttl(CheckDefinition definition) =>
        GoDuration.TryParse(definition.Ttl, out var ttl) && ttl > TimeSpan.Zero ? ttl : null;

    /// <summary>The checks of a service; one that was there before keeps its state.</summary>
    public static IReadOnlyList<CheckRecord> ForService(
        ServiceTable catalog, AgentService service, IReadOnlyList<CheckDefinition> definitions, string node, DateTimeOffset now) =>
    [
        .. definitions.Select((definition, i) =>
        {
            var given = definition.CheckId.Length != 0 ? definition.CheckId : definition.Id;
            var id = given.Length != 0 ? given : $"service:{service.Id}" + (definitions.Count > 1 ? $":{i + 1}" : "");
            var name = definition.Name.Length != 0 ? definition.Name : $"Service '{service.Service}' check";
            return Record(catalog, id, name, service, definition, node, now);
        }),
    ];

    /// <summary>A check that is registered on its own; null when it judges a service that does not exist.</summary>
    public static CheckRecord? Alone(ServiceTable catalog, CheckDefinition definition, string node, DateTimeOffset now)
    {
        var service = catalog.Services.GetValueOrDefault(definition.ServiceId);
        if (service is null && definition.ServiceId.Length != 0)
        {
            return null;
        }

        var given = definition.Id.Length != 0 ? definition.Id : definition.CheckId;
        return Record(catalog, given.Length != 0 ? given : definition.Name, definition.Name, service, definition, node, now);
    }

    /// <summary>The critical check of maintenance mode.</summary>
    public static CheckRecord Maintenance(string id, AgentService service, string node, string reason)
    {
        var check = new HealthCheck
        {
            Node = node,
            CheckId = id,
            Name = "Service Maintenance Mode",
            Status = HealthStatus.Critical,
            Notes = reason,
            ServiceId = service.Id,
            ServiceName = service.Service,
            Type = "maintenance",
        };
        return new CheckRecord(check, new CheckDefinition(), null, null);
    }

    /// <summary>The check after a run or an update.</summary>
    public static CheckRecord Judged(CheckRecord check, CheckUpdate update, DateTimeOffset now)
    {
        var output = update.Output ?? "";
        output = output.Length > EmbeddedLimits.MaxCheckOutput ? output[..EmbeddedLimits.MaxCheckOutput] : output;
        return check with
        {
            Check = check.Check with { Status = update.Status, Output = output },
            CriticalSince = update.Status == HealthStatus.Critical ? check.CriticalSince ?? now : null,
        };
    }

    private static CheckRecord Record(
        ServiceTable catalog, string id, string name, AgentService? service, CheckDefinition definition, string node, DateTimeOffset now)
    {
        var old = catalog.Checks.GetValueOrDefault(id);
        var status = old?.Check.Status ?? (definition.Status.Length == 0 ? HealthStatus.Critical : definition.Status);
        var ttl = Ttl(definition);
        var check = new HealthCheck
        {
            Node = node,
            CheckId = id,
            Name = name,
            Notes = definition.Notes,
            Status = status,
            Output = old?.Check.Output ?? "",
            ServiceId = service?.Id ?? "",
            ServiceName = service?.Service ?? "",
            Type = ttl is not null ? "ttl" : definition.Http.Length != 0 ? "http" : "tcp",
        };
        var deadline = ttl is null ? null : old is null ? now + ttl : old.Deadline;
        return new CheckRecord(check, definition, deadline, status == HealthStatus.Critical ? old?.CriticalSince ?? now : null);
    }
}
