using MailProxy.Http.Admin;
using MailProxy.Http.Health;
using MailProxy.Nodes.Draining;
using MailProxy.Proxy;
using MailProxy.Proxy.Live;

namespace MailProxy.Nodes.Admin;

/// <summary>A proxy node as its admin API tells of it.</summary>
/// <param name="name">Node name.</param>
/// <param name="proxy">Its sessions.</param>
/// <param name="drain">Its drain.</param>
/// <param name="checks">What readiness asks.</param>
/// <param name="isStopping">The process was asked to stop.</param>
/// <param name="planFor">A drain with this deadline, or the configured one.</param>
/// <param name="reload">Reads the configuration again.</param>
internal sealed class ProxyAdmin(
    string name,
    ProxyNode proxy,
    NodeDrain drain,
    IReadOnlyList<IReadinessCheck> checks,
    Func<bool> isStopping,
    Func<TimeSpan?, DrainPlan> planFor,
    Func<Task<AdminReload>> reload) : IAdminNode
{
    /// <inheritdoc/>
    public AdminNode Report()
    {
        AdminCheck[] told = [.. checks.Select(check => new AdminCheck(check.Name, check.Unreadiness, check.Detail))];
        var state = isStopping() ? "stopping" : drain.State switch
        {
            DrainState.Refusing => "refusing",
            DrainState.Ending => "ending",
            DrainState.Drained => "drained",
            _ => "serving",
        };
        return new AdminNode(
            name, ProgramVersion.Text, state, Array.TrueForAll(told, check => check.Problem is null), told, proxy.Limits.Count, proxy.LinkedSessions,
            proxy.Sessions.ByStore(), drain.Left?.TotalSeconds);
    }

    /// <inheritdoc/>
    public AdminSessionPage Sessions(string? user, string? after, int limit)
    {
        var page = proxy.Sessions.Page(user, after, limit);
        return new AdminSessionPage(name, [.. page.Sessions.Select(Told)], page.Total, page.Next);
    }

    /// <inheritdoc/>
    public AdminKicked KickUser(string user) => new(name, proxy.Sessions.KickUser(user));

    /// <inheritdoc/>
    public AdminKicked KickSession(string id) => new(name, proxy.Sessions.KickSession(id));

    /// <inheritdoc/>
    public AdminNode Drain(TimeSpan? deadline)
    {
        if (!isStopping())
        {
            // It says in the log how it goes, and its state tells the rest.
            _ = drain.Begin(planFor(deadline));
        }

        return Report();
    }

    /// <inheritdoc/>
    public async Task<AdminNode> UndrainAsync()
    {
        if (isStopping())
        {
            throw new IOException("this node is stopping; it cannot be asked to serve again");
        }

        await drain.EndAsync(CancellationToken.None);
        return Report();
    }

    /// <inheritdoc/>
    public Task<AdminReload> ReloadAsync() => reload();

    private static AdminSession Told(SessionListing session) => new(
        session.Id, session.Protocol, session.Phase, Math.Round(session.Age.TotalSeconds, 3), session.Client, session.User, session.Store, session.Why,
        session.Tls, session.BytesIn, session.BytesOut, session.Messages, session.IsEnding);
}
