namespace MailProxy.Http.Admin;

/// <summary>The node behind the admin API. Called from any thread.</summary>
public interface IAdminNode
{
    /// <summary>As it is now.</summary>
    AdminNode Report();

    /// <summary>A page of sessions.</summary>
    /// <param name="user">Canonical name; null: everybody's.</param>
    /// <param name="after">The <see cref="AdminSessionPage.Next"/> of the page before, or null.</param>
    /// <param name="limit">At most so many; more than the node's own bound is that bound.</param>
    AdminSessionPage Sessions(string? user, string? after, int limit);

    /// <summary>Ends a user's sessions.</summary>
    AdminKicked KickUser(string user);

    /// <summary>Ends one session.</summary>
    AdminKicked KickSession(string id);

    /// <summary>Begins to drain; answers at once. Repeated, the new deadline counts.</summary>
    /// <param name="deadline">From now to the end of the last session; null: as configured.</param>
    AdminNode Drain(TimeSpan? deadline);

    /// <summary>Serves again. Errors: IOException, one sentence, when a listener cannot be opened.</summary>
    Task<AdminNode> UndrainAsync();

    /// <summary>Reads the configuration again.</summary>
    Task<AdminReload> ReloadAsync();
}
