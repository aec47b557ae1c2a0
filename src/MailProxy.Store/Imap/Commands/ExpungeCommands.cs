using MailProxy.Protocols.Imap;
using MailProxy.Store.Engine;
using MailProxy.Store.Imap.Session;

namespace MailProxy.Store.Imap.Commands;

/// <summary>EXPUNGE (RFC 9051 6.4.3) and UID EXPUNGE (RFC 4315 2.1). The responses come with the news that end the command.</summary>
internal static class ExpungeCommands
{
    public static ValueTask<ImapReply> ExpungeAsync(ImapSession session, ImapCommand command) =>
        command.Arguments.IsEmpty ? RunAsync(session, Deleted(session.Selected!.Mailbox.Snapshot)) : ValueTask.FromResult(ImapReply.Bad("EXPUNGE takes nothing."));

    public static ValueTask<ImapReply> UidExpungeAsync(ImapSession session, ImapCommand command)
    {
        if (!MessageSet.TryRead(command, out var set))
        {
            return ValueTask.FromResult(ImapReply.Bad("UID EXPUNGE takes a set of UIDs."));
        }

        var selected = session.Selected!;
        var named = selected.Resolve(set, byUid: true).Select(index => selected[index].Uid).ToHashSet();
        return RunAsync(session, Deleted(selected.Mailbox.Snapshot).FindAll(named.Contains));
    }

    /// <summary>UIDs of the messages marked \Deleted, whoever marked them.</summary>
    public static List<uint> Deleted(MailboxSnapshot mailbox) =>
        [.. mailbox.Messages.Where(message => message.Flags.HasFlag(MessageFlags.Deleted)).Select(message => message.Uid)];

    private static async ValueTask<ImapReply> RunAsync(ImapSession session, List<uint> uids)
    {
        if (session.Selected!.IsReadOnly)
        {
            return ImapReply.ReadOnly;
        }

        if (uids.Count > 0)
        {
            await session.Selected.Mailbox.ExpungeAsync(uids, session.Wire.Gone);
        }

        return ImapReply.Ok("EXPUNGE completed.");
    }
}
