using System.Globalization;
using System.Text;
using MailProxy.Protocols.Imap;
using MailProxy.Store.Engine;
using MailProxy.Store.Imap.Session;

namespace MailProxy.Store.Imap.Commands;

/// <summary>STATUS (RFC 9051 6.3.11; SIZE: RFC 8438; HIGHESTMODSEQ: RFC 7162).</summary>
internal static class StatusCommand
{
    // Each item once; there are not more.
    private const int ItemLimit = 8;

    private static readonly string[] Known = ["MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "DELETED", "SIZE", "HIGHESTMODSEQ"];

    public static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!TryRead(command, out var name, out var items))
        {
            return ImapReply.Bad("STATUS takes a mailbox name and a list of items.");
        }

        return await WriteAsync(session, name, items) ? ImapReply.Ok("STATUS completed.") : ImapReply.NoMailbox;
    }

    /// <summary>Writes the untagged STATUS of a mailbox; false when there is none.</summary>
    public static async ValueTask<bool> WriteAsync(ImapSession session, string name, IReadOnlyList<string> items)
    {
        await using var mailbox = await session.Mail!.OpenAsync(name, session.Wire.Gone);
        if (mailbox is null)
        {
            return false;
        }

        session.IsCondstore |= items.Contains("HIGHESTMODSEQ");
        var snapshot = mailbox.Snapshot;
        session.Wire.Write("* STATUS ");
        MailboxArgument.Write(session.Wire.Output, name);
        session.Wire.Write($" ({string.Join(' ', items.Select(item => $"{item} {Value(snapshot, item).ToString(CultureInfo.InvariantCulture)}"))})\r\n");
        return true;
    }

    /// <summary>Reads <c>"(" status-att *(SP status-att) ")"</c>.</summary>
    public static bool TryReadItems(ref ImapArgumentReader arguments, out List<string> items)
    {
        items = [];
        if (!arguments.TryRead((byte)'('))
        {
            return false;
        }

        do
        {
            if (items.Count == ItemLimit || !arguments.TryReadAtom(out var atom))
            {
                return false;
            }

            items.Add(Encoding.ASCII.GetString(atom).ToUpperInvariant());
        }
        while (arguments.TryReadSpace());
        return items.TrueForAll(Known.Contains) && arguments.TryRead((byte)')');
    }

    private static ulong Value(MailboxSnapshot mailbox, string item) => item switch
    {
        "MESSAGES" => (ulong)mailbox.Messages.Length,
        "UIDNEXT" => mailbox.UidNext,
        "UIDVALIDITY" => mailbox.UidValidity,
        "UNSEEN" => (ulong)mailbox.Messages.Count(message => !message.Flags.HasFlag(MessageFlags.Seen)),
        "DELETED" => (ulong)mailbox.Messages.Count(message => message.Flags.HasFlag(MessageFlags.Deleted)),
        "SIZE" => (ulong)mailbox.Messages.Sum(message => message.Size),
        "HIGHESTMODSEQ" => mailbox.HighestModSeq,
        _ => 0,
    };

    private static bool TryRead(ImapCommand command, out string name, out List<string> items)
    {
        items = [];
        var arguments = new ImapArgumentReader(command.Arguments.Span);
        return MailboxArgument.TryRead(ref arguments, out name) && arguments.TryReadSpace() && TryReadItems(ref arguments, out items) && arguments.AtEnd;
    }
}
