using System.Globalization;
using System.Text;
using MailProxy.Protocols.Imap;
using MailProxy.Store.Engine;
using MailProxy.Store.Imap.Session;

namespace MailProxy.Store.Imap.Commands;

/// <summary>SELECT and EXAMINE (with CONDSTORE, RFC 7162 3.1.8), CLOSE and UNSELECT (RFC 9051 6.3.2, 6.4).</summary>
internal static class SelectCommands
{
    // Keywords that FLAGS lists; the rest may be used all the same (\*).
    private const int KeywordsTold = 200;

    public static ValueTask<ImapReply> SelectAsync(ImapSession session, ImapCommand command) => OpenAsync(session, command, isReadOnly: false);

    public static ValueTask<ImapReply> ExamineAsync(ImapSession session, ImapCommand command) => OpenAsync(session, command, isReadOnly: true);

    public static async ValueTask<ImapReply> CloseAsync(ImapSession session, ImapCommand command)
    {
        var selected = session.Selected!;
        if (!selected.IsReadOnly && ExpungeCommands.Deleted(selected.Mailbox.Snapshot) is { Count: > 0 } uids)
        {
            await selected.Mailbox.ExpungeAsync(uids, session.Wire.Gone);
        }

        await session.UnselectAsync();
        return ImapReply.Ok("CLOSE completed.");
    }

    public static async ValueTask<ImapReply> UnselectAsync(ImapSession session, ImapCommand command)
    {
        await session.UnselectAsync();
        return ImapReply.Ok("UNSELECT completed.");
    }

    private static async ValueTask<ImapReply> OpenAsync(ImapSession session, ImapCommand command, bool isReadOnly)
    {
        if (!TryRead(command, out var name, out var isCondstore))
        {
            return ImapReply.Bad($"{command.Verb} takes a mailbox name and perhaps (CONDSTORE).");
        }

        // RFC 9051 6.3.2: what was selected is left even when the new one cannot be opened.
        if (session.Selected is not null)
        {
            await session.UnselectAsync();
            session.Wire.Write("* OK [CLOSED] The mailbox before is closed.\r\n");
        }

        if (await session.Mail!.OpenAsync(name, session.Wire.Gone) is not { } mailbox)
        {
            return ImapReply.NoMailbox;
        }

        session.IsCondstore |= isCondstore;
        session.Selected = new(mailbox, isReadOnly);
        session.Wire.Write(Describe(session.Selected.Seen, isReadOnly));
        return ImapReply.Ok(isReadOnly ? $"[READ-ONLY] {command.Verb} completed." : $"[READ-WRITE] {command.Verb} completed.");
    }

    private static string Describe(MailboxSnapshot mailbox, bool isReadOnly)
    {
        var keywords = mailbox.Messages.SelectMany(message => message.Keywords).Distinct(StringComparer.OrdinalIgnoreCase).Take(KeywordsTold).ToList();
        var flags = string.Join(' ', keywords.Prepend(FlagText.All));
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"* FLAGS ({flags})\r\n* {mailbox.Messages.Length} EXISTS\r\n* 0 RECENT\r\n");
        text.Append(isReadOnly ? "* OK [PERMANENTFLAGS ()] Nothing can be changed.\r\n" : $"* OK [PERMANENTFLAGS ({flags} \\*)] Flags and new keywords are kept.\r\n");
        for (var index = 0; index < mailbox.Messages.Length; index++)
        {
            if (!mailbox.Messages[index].Flags.HasFlag(MessageFlags.Seen))
            {
                text.Append(CultureInfo.InvariantCulture, $"* OK [UNSEEN {index + 1}] First unseen message.\r\n");
                break;
            }
        }

        text.Append(CultureInfo.InvariantCulture, $"* OK [UIDVALIDITY {mailbox.UidValidity}] UIDs are valid.\r\n* OK [UIDNEXT {mailbox.UidNext}] Next UID.\r\n");
        return text.Append(CultureInfo.InvariantCulture, $"* OK [HIGHESTMODSEQ {mailbox.HighestModSeq}] Highest mod-sequence.\r\n").ToString();
    }

    private static bool TryRead(ImapCommand command, out string name, out bool isCondstore)
    {
        isCondstore = false;
        var arguments = new ImapArgumentReader(command.Arguments.Span);
        if (!MailboxArgument.TryRead(ref arguments, out name))
        {
            return false;
        }

        if (arguments.AtEnd)
        {
            return true;
        }

        isCondstore = Encoding.ASCII.GetString(arguments.Rest).Equals(" (CONDSTORE)", StringComparison.OrdinalIgnoreCase);
        return isCondstore;
    }
}
