using System.Text;
using MailProxy.Protocols.Imap;
using MailProxy.Store.Engine;
using MailProxy.Store.Imap.Session;

namespace MailProxy.Store.Imap.Commands;

/// <summary>CREATE (with USE, RFC 6154), DELETE, RENAME, SUBSCRIBE and UNSUBSCRIBE (RFC 9051 6.3).</summary>
internal static class MailboxCommands
{
    public static async ValueTask<ImapReply> CreateAsync(ImapSession session, ImapCommand command)
    {
        if (!TryReadCreate(command, out var name, out var use))
        {
            return ImapReply.Bad("CREATE takes a mailbox name.");
        }

        if (use is null)
        {
            return ImapReply.No("[USEATTR] This use is not supported.");
        }

        // RFC 9051 6.3.4: a trailing separator says that names will be made below; the name itself is without it.
        return Reply("CREATE", await session.Mail!.CreateAsync(name.TrimEnd('/'), use.Value, session.Wire.Gone));
    }

    public static async ValueTask<ImapReply> DeleteAsync(ImapSession session, ImapCommand command) =>
        TryReadName(command, out var name)
            ? Reply("DELETE", await session.Mail!.DeleteAsync(name, session.Wire.Gone))
            : ImapReply.Bad("DELETE takes a mailbox name.");

    public static async ValueTask<ImapReply> RenameAsync(ImapSession session, ImapCommand command) =>
        TryReadNames(command, out var from, out var to)
            ? Reply("RENAME", await session.Mail!.RenameAsync(from, to.TrimEnd('/'), session.Wire.Gone))
            : ImapReply.Bad("RENAME takes two mailbox names.");

    public static ValueTask<ImapReply> SubscribeAsync(ImapSession session, ImapCommand command) => SetSubscribedAsync(session, command, true);

    public static ValueTask<ImapReply> UnsubscribeAsync(ImapSession session, ImapCommand command) => SetSubscribedAsync(session, command, false);

    private static async ValueTask<ImapReply> SetSubscribedAsync(ImapSession session, ImapCommand command, bool subscribed)
    {
        if (!TryReadName(command, out var name) || name.Length == 0)
        {
            return ImapReply.Bad($"{command.Verb} takes a mailbox name.");
        }

        await session.Mail!.SetSubscribedAsync(name, subscribed, session.Wire.Gone);
        return ImapReply.Ok($"{command.Verb} completed.");
    }

    private static ImapReply Reply(string verb, MailboxOutcome outcome) => outcome switch
    {
        MailboxOutcome.Done => ImapReply.Ok($"{verb} completed."),
        MailboxOutcome.NotFound => ImapReply.NoMailbox,
        MailboxOutcome.AlreadyExists => ImapReply.No("[ALREADYEXISTS] The name is taken."),
        MailboxOutcome.InvalidName => ImapReply.No("[CANNOT] Not a valid mailbox name."),
        _ => ImapReply.No("[CANNOT] Not with this mailbox."),
    };

    private static bool TryReadName(ImapCommand command, out string name)
    {
        var arguments = new ImapArgumentReader(command.Arguments.Span);
        return MailboxArgument.TryRead(ref arguments, out name) && arguments.AtEnd;
    }

    private static bool TryReadNames(ImapCommand command, out string from, out string to)
    {
        to = "";
        var arguments = new ImapArgumentReader(command.Arguments.Span);
        return MailboxArgument.TryRead(ref arguments, out from) && arguments.TryReadSpace() && MailboxArgument.TryRead(ref arguments, out to) && arguments.AtEnd;
    }

    // use is null for a use that is none of ours, or more than one.
    private static bool TryReadCreate(ImapCommand command, out string name, out SpecialUse? use)
    {
        use = SpecialUse.None;
        var arguments = new ImapArgumentReader(command.Arguments.Span);
        if (!MailboxArgument.TryRead(ref arguments, out name))
        {
            return false;
        }

        if (arguments.AtEnd)
        {
            return true;
        }

        if (!arguments.TryReadSpace() || !arguments.TryRead((byte)'(') || !arguments.TryReadAtom(out var word)
            || !Encoding.ASCII.GetString(word).Equals("USE", StringComparison.OrdinalIgnoreCase) || !arguments.TryReadSpace() || !arguments.TryRead((byte)'('))
        {
            return false;
        }

        var uses = Encoding.ASCII.GetString(arguments.Rest);
        if (!uses.EndsWith("))", StringComparison.Ordinal))
        {
            return false;
        }

        use = SpecialUseText.Find(uses[..^2]);
        return true;
    }
}
