using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using MailProxy.Routing.Catalog;

namespace MailProxy.Routing.Plans;

/// <summary>Reads and writes the value of a plan.</summary>
internal static class PlanText
{
    /// <summary>Octets for Consul.</summary>
    public static byte[] Write(PlanRecord plan) => JsonSerializer.SerializeToUtf8Bytes(
        new PlanDocument
        {
            From = plan.From,
            To = plan.To.Count > 0 ? plan.To : null,
            Weights = plan.Weights.Count > 0 ? plan.Weights : null,
            Started = plan.Started,
            Operator = plan.Operator,
            Users = plan.Users,
        },
        RoutingJson.Default.PlanDocument);

    /// <summary>Reads; <paramref name="problem"/> is a phrase for the operator.</summary>
    public static bool TryRead(string id, ReadOnlySpan<byte> value, [NotNullWhen(true)] out PlanRecord? plan, [NotNullWhen(false)] out string? problem)
    {
        plan = null;
        if (!OperatorText.TryRead(value, out var text, out problem) || !OperatorText.TryReadJson(text, RoutingJson.Default.PlanDocument, out var document, out problem))
        {
            return false;
        }

        problem = (document.From is null ? null : StoreId.Problem(document.From)) ?? (document.To ?? []).Select(StoreId.Problem).FirstOrDefault(found => found is not null);
        if (problem is not null)
        {
            return false;
        }

        plan = new PlanRecord(id, document.Started ?? default, PrintableText.Of(document.Operator ?? "somebody"))
        {
            From = document.From,
            To = document.To ?? [],
            Weights = document.Weights ?? new Dictionary<string, int>(),
            Users = document.Users,
        };
        return true;
    }
}
