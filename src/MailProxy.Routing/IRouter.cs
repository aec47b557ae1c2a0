using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;

namespace MailProxy.Routing;

/// <summary>Where users live, answered from the last good view; nothing here waits for Consul.</summary>
public interface IRouter
{
    /// <summary>Decides for a canonical user name and the home its directory entry names, if any.</summary>
    RouteDecision Route(string user, string? directoryHome);

    /// <summary>Every store known, any state.</summary>
    IReadOnlyCollection<StoreNode> Stores { get; }

    /// <summary>Raised after each change of pins, domains, slots or catalog was applied. Sessions compare their own decision with a new one then. Handlers must not block.</summary>
    event Action? Changed;

    /// <summary>Null when a view has been loaded; otherwise one sentence for <c>/readyz?verbose</c>.</summary>
    string? Unreadiness { get; }

    /// <summary>How long ago the view was last confirmed by Consul; shown in readiness detail.</summary>
    TimeSpan ViewAge { get; }
}
