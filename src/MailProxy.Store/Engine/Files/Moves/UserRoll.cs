using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Moves.Api;

namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>Who is served here, by name, with what their mail weighs. Reads what is durable; who left (and is fenced) is not among them, nor are staged copies.</summary>
internal sealed class UserRoll(StoreParts parts)
{
    // A page that sums up mail ends after so many messages, so that no request reads for more than about a second.
    private const long MessagesOfPage = 500_000;

    // Names of staged copies begin with U+0001.
    private static readonly byte[] First = [2];

    /// <summary>The users behind <paramref name="after"/> in the order of their UTF-8 octets, <paramref name="most"/> of them at the most.</summary>
    public (IReadOnlyList<StoreUser> Users, bool IsLast) Read(string after, int most, bool withSizes, CancellationToken cancellationToken)
    {
        (List<(string User, List<ulong> Mailboxes)> found, bool isLast) = Names(after.Length == 0 ? First : StoreKeys.BehindUser(after), most);
        List<StoreUser> users = new(found.Count);
        long counted = 0;
        foreach ((string user, List<ulong> mailboxes) in found)
        {
            if (counted > MessagesOfPage)
            {
                return (users, false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            (long messages, long octets) = withSizes ? Weigh(mailboxes) : default;
            counted += messages;
            users.Add(new StoreUser(user, messages, octets));
        }

        return (users, isLast);
    }

    private (List<(string User, List<ulong> Mailboxes)> Found, bool IsLast) Names(byte[] start, int most)
    {
        List<(string User, List<ulong> Mailboxes)> found = [];
        bool isLast = true;
        string skipped = "";
        parts.Database.ScanFrom(StoreTable.Mailboxes, start, (key, value) =>
        {
            string user = StoreKeys.UserOf(key);
            if (user == skipped)
            {
                return true;
            }

            if (found.Count == 0 || found[^1].User != user)
            {
                if (parts.Gate.Record(user).Fence is not null)
                {
                    skipped = user;
                    return true;
                }

                if (found.Count == most)
                {
                    isLast = false;
                    return false;
                }

                found.Add((user, []));
            }

            found[^1].Mailboxes.Add(StoreRecords.ReadMailbox(value).Id);
            return true;
        });
        return (found, isLast);
    }

    private (long Messages, long Octets) Weigh(List<ulong> mailboxes)
    {
        (long messages, long octets) = (0, 0);
        foreach (ulong mailbox in mailboxes.Where(mailbox => mailbox != 0))
        {
            parts.Database.Scan(StoreTable.Messages, StoreKeys.Number(mailbox), (_, value) =>
            {
                messages++;
                octets += StoreRecords.ReadSize(value);
                return true;
            });
        }

        return (messages, octets);
    }
}
