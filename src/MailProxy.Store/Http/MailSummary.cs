using MailProxy.Store.Engine;

namespace MailProxy.Store.Http;

/// <summary>The answer of <c>GET /v1/me</c>.</summary>
/// <param name="User">Canonical name.</param>
/// <param name="Store">The store that answered.</param>
/// <param name="Mailboxes">In name order.</param>
public sealed record MailSummary(string User, string Store, IReadOnlyList<MailboxSummary> Mailboxes)
{
    /// <summary>Reads it from the mailboxes' snapshots.</summary>
    public static async Task<MailSummary> ReadAsync(IStoreEngine engine, string user, string storeId, CancellationToken cancellationToken)
    {
        var mail = await engine.OpenUserAsync(user, cancellationToken);
        var mailboxes = new List<MailboxSummary>();
        foreach (var info in await mail.ListAsync(cancellationToken))
        {
            if (!info.CanSelect || await mail.OpenAsync(info.Name, cancellationToken) is not { } mailbox)
            {
                continue;
            }

            await using (mailbox)
            {
                var messages = mailbox.Snapshot.Messages;
                mailboxes.Add(new MailboxSummary(
                    info.Name, messages.Length, messages.Count(message => !message.Flags.HasFlag(MessageFlags.Seen)), messages.Sum(message => message.Size)));
            }
        }

        return new MailSummary(user, storeId, mailboxes);
    }
}
