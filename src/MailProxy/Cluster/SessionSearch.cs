using MailProxy.Http.Admin;

namespace MailProxy.Cluster;

/// <summary>Reads one node's sessions page by page.</summary>
internal static class SessionSearch
{
    /// <summary>A node gives no more at once.</summary>
    private const int Page = 1_000;

    /// <summary>Up to <paramref name="limit"/> sessions of a node, and how many there are in all.</summary>
    public static async Task<AdminAnswer<AdminSessionPage>> ReadAsync(AdminClient client, Uri node, string? user, int limit, CancellationToken cancellationToken)
    {
        var sessions = new List<AdminSession>();
        string? after = null;
        while (true)
        {
            var answer = await client.SessionsAsync(node, user, after, Math.Min(Page, limit - sessions.Count), cancellationToken);
            if (answer.Value is not { } page)
            {
                return answer;
            }

            sessions.AddRange(page.Sessions);
            after = page.Next;
            if (after is null || sessions.Count >= limit)
            {
                return new AdminAnswer<AdminSessionPage>(page with { Sessions = sessions }, null);
            }
        }
    }
}
