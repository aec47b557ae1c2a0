using MailProxy.Http.Admin;

namespace MailProxy.Http.Tests;

/// <summary>A node that notes what it is asked.</summary>
internal sealed class FixedAdminNode : IAdminNode
{
    public List<string> Asked { get; } = [];

    public string? Trouble { get; set; }

    public AdminNode Report() => new("proxy-1", "1.0", "serving", true, [new AdminCheck("drain", null, null)], 3, 2, new Dictionary<string, int> { ["store-1"] = 2 }, null);

    public AdminSessionPage Sessions(string? user, string? after, int limit)
    {
        Asked.Add($"sessions {user} {after} {limit}");
        return new AdminSessionPage("proxy-1", [new AdminSession("id", "imap", "Splicing", 1.5, "192.0.2.1:5", user, "store-1", "home", "none", 10, 20, 0, false)], 1, null);
    }

    public AdminKicked KickUser(string user)
    {
        Asked.Add($"kick user {user}");
        return new AdminKicked("proxy-1", 2);
    }

    public AdminKicked KickSession(string id)
    {
        Asked.Add($"kick id {id}");
        return new AdminKicked("proxy-1", 1);
    }

    public AdminNode Drain(TimeSpan? deadline)
    {
        Asked.Add($"drain {deadline}");
        return Report() with { State = "refusing" };
    }

    public Task<AdminNode> UndrainAsync() => Trouble is null ? Task.FromResult(Report()) : throw new IOException(Trouble);

    public Task<AdminReload> ReloadAsync() => Task.FromResult(new AdminReload("proxy-1", ["Limits:Idle"], ["Node:Name"], [], []));
}
