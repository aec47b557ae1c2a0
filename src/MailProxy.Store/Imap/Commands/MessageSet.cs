using MailProxy.Protocols.Imap;

namespace MailProxy.Store.Imap.Commands;

/// <summary>Sets of messages as commands take them, bounded.</summary>
internal static class MessageSet
{
    /// <summary>Ranges in one set. A line of 65,536 octets holds about as many UIDs of five digits.</summary>
    public const int RangeLimit = 12_000;

    /// <summary>Reads a command that takes a set and nothing else.</summary>
    public static bool TryRead(ImapCommand command, out ImapSequenceSet set)
    {
        var arguments = new ImapArgumentReader(command.Arguments.Span);
        return ImapSequenceSet.TryRead(ref arguments, RangeLimit, out set) && arguments.AtEnd;
    }

    /// <summary>Reads a set and the space behind it.</summary>
    public static bool TryReadFirst(ref ImapArgumentReader arguments, out ImapSequenceSet set) =>
        ImapSequenceSet.TryRead(ref arguments, RangeLimit, out set) && arguments.TryReadSpace();
}
