using MailProxy.Routing.Decisions;

namespace MailProxy.Moving.Many;

/// <summary>A user whose mail is at a store, and what directory and routes say of them.</summary>
/// <param name="User">Canonical name.</param>
/// <param name="Store">Where their mail is.</param>
/// <param name="Decision">Where they are routed.</param>
/// <param name="Home">The home that the directory names; null: none.</param>
/// <param name="Problem">Why they cannot be moved; null: they can.</param>
internal sealed record Resident(string User, string Store, RouteDecision Decision, string? Home, string? Problem)
{
    /// <summary>Messages, as far as the store told.</summary>
    public long Messages { get; init; }

    /// <summary>Octets, as far as the store told.</summary>
    public long Octets { get; init; }
}
