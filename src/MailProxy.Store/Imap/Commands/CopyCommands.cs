using System.Globalization;
using MailProxy.Protocols.Imap;
using MailProxy.Store.Engine;
using MailProxy.Store.Imap.Session;

namespace MailProxy.Store.Imap.Commands;

/// <summary>COPY (RFC 9051 6.4.7), MOVE (RFC 6851) and their UID forms, with COPYUID (RFC 4315).</summary>
internal static class CopyCommands
{
    public static ValueTask<ImapReply> CopyAsync(ImapSession session, ImapCommand command) => RunAsync(session, command, byUid: false, move: false);

    public static ValueTask<ImapReply> UidCopyAsync(ImapSession session, ImapCommand command) => RunAsync(session, command, byUid: true, move: false);

    public static ValueTask<ImapReply> MoveAsync(ImapSession session, ImapCommand command) => RunAsync(session, command, byUid: false, move: true);

    public static ValueTask<ImapReply> UidMoveAsync(ImapSession session, ImapCommand command) => RunAsync(session, command, byUid: true, move: true);

    private static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command, bool byUid, bool move)
    {
        if (!TryRead(command, out var set, out var target))
        {
            return ImapReply.Bad($"{command.Verb} takes a set of messages and a mailbox name.");
        }

        var selected = session.Selected!;
        if (move && selected.IsReadOnly)
        {
            return ImapReply.ReadOnly;
        }

        var uids = selected.Resolve(set, byUid).ConvertAll(index => selected[index].Uid);
        if (uids.Count == 0)
        {
            return ImapReply.Ok($"{command.Verb}: there are no such messages.");
        }

        var result = move
            ? await selected.Mailbox.MoveAsync(uids, target, session.Wire.Gone)
            : await selected.Mailbox.CopyAsync(uids, target, session.Wire.Gone);
        if (result is null)
        {
            return ImapReply.TryCreate;
        }

        if (!move)
        {
            return ImapReply.Ok($"{CopyUid(result)}COPY completed.");
        }

        // RFC 6851 4.3: told before the EXPUNGE responses, which follow with the news.
        session.Wire.Write($"* OK {CopyUid(result)}Moved.\r\n");
        return ImapReply.Ok("MOVE completed.");
    }

    private static string CopyUid(CopyResult result) => result.Uids.Count == 0
        ? ""
        : string.Create(
            CultureInfo.InvariantCulture,
            $"[COPYUID {result.UidValidity} {ImapSequenceSet.Format(result.Uids.Select(pair => pair.Source))} {ImapSequenceSet.Format(result.Uids.Select(pair => pair.Target))}] ");

    private static bool TryRead(ImapCommand command, out ImapSequenceSet set, out string target)
    {
        target = "";
        var arguments = new ImapArgumentReader(command.Arguments.Span);
        return MessageSet.TryReadFirst(ref arguments, out set) && MailboxArgument.TryRead(ref arguments, out target) && arguments.AtEnd;
    }
}
