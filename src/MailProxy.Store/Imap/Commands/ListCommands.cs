using MailProxy.Protocols.Imap;
using MailProxy.Store.Engine;
using MailProxy.Store.Imap.Session;

namespace MailProxy.Store.Imap.Commands;

/// <summary>NAMESPACE (RFC 2342), LIST and LSUB (RFC 3501 6.3.8 and 6.3.9, RFC 5258).</summary>
internal static class ListCommands
{
    public static ValueTask<ImapReply> NamespaceAsync(ImapSession session, ImapCommand command)
    {
        session.Wire.Write("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n");
        return ValueTask.FromResult(ImapReply.Ok("NAMESPACE completed."));
    }

    public static async ValueTask<ImapReply> ListAsync(ImapSession session, ImapCommand command)
    {
        if (ListRequest.TryRead(command.Arguments.Span) is not { } request)
        {
            return ImapReply.Bad("LIST takes a reference and a pattern.");
        }

        // RFC 5258 3: RECURSIVEMATCH says what to do about the children of a selection, so there must be one.
        if (request.Select.Contains("RECURSIVEMATCH") && !request.Select.Overlaps(["SUBSCRIBED", "SPECIAL-USE"]))
        {
            return ImapReply.Bad("RECURSIVEMATCH needs another selection option.");
        }

        if (request.AsksForSeparator)
        {
            session.Wire.Write("* LIST (\\Noselect) \"/\" \"\"\r\n");
            return ImapReply.Ok("LIST completed.");
        }

        var mailboxes = await session.Mail!.ListAsync(session.Wire.Gone);
        var subscribed = (await session.Mail.ListSubscriptionsAsync(session.Wire.Gone)).ToHashSet(StringComparer.Ordinal);
        foreach (var mailbox in WithNonexistent(request, mailboxes, subscribed))
        {
            await WriteAsync(session, request, mailbox, mailboxes, subscribed);
        }

        return ImapReply.Ok("LIST completed.");
    }

    public static async ValueTask<ImapReply> LsubAsync(ImapSession session, ImapCommand command)
    {
        if (ListRequest.TryRead(command.Arguments.Span) is not { IsBasic: true } request)
        {
            return ImapReply.Bad("LSUB takes a reference and a pattern.");
        }

        var subscribed = (await session.Mail!.ListSubscriptionsAsync(session.Wire.Gone)).ToHashSet(StringComparer.Ordinal);

        // RFC 3501 6.3.9: with "%", a level that is not subscribed itself but has subscribed names below it shows as \Noselect.
        foreach (var name in subscribed.Concat(subscribed.SelectMany(Parents)).Distinct().Order(StringComparer.Ordinal).Where(name => IsMatch(request, name)))
        {
            WriteLine(session, "LSUB", subscribed.Contains(name) ? [] : ["\\Noselect"], name, "");
        }

        return ImapReply.Ok("LSUB completed.");
    }

    // A name can be subscribed without a mailbox (RFC 9051 6.3.7); LIST (SUBSCRIBED) tells it too.
    private static IEnumerable<MailboxInfo> WithNonexistent(ListRequest request, IReadOnlyList<MailboxInfo> mailboxes, HashSet<string> subscribed) =>
        (request.Select.Contains("SUBSCRIBED")
            ? mailboxes.Concat(subscribed.Except(mailboxes.Select(mailbox => mailbox.Name)).Select(name => new MailboxInfo(name, SpecialUse.None, false, false)))
            : mailboxes).Where(mailbox => IsMatch(request, mailbox.Name));

    private static async ValueTask WriteAsync(
        ImapSession session, ListRequest request, MailboxInfo mailbox, IReadOnlyList<MailboxInfo> mailboxes, HashSet<string> subscribed)
    {
        var isSelected = (!request.Select.Contains("SUBSCRIBED") || subscribed.Contains(mailbox.Name))
            && (!request.Select.Contains("SPECIAL-USE") || mailbox.SpecialUse != SpecialUse.None);
        var childInfo = request.Select.Contains("RECURSIVEMATCH") && request.Select.Contains("SUBSCRIBED")
            && subscribed.Any(name => name.StartsWith(mailbox.Name + "/", StringComparison.Ordinal));
        if (!isSelected && !childInfo)
        {
            return;
        }

        var exists = mailboxes.Contains(mailbox);
        var attributes = new List<string>();
        attributes.Add(!exists ? "\\NonExistent" : mailbox.CanSelect ? "" : "\\Noselect");
        attributes.Add(mailbox.HasChildren ? "\\HasChildren" : "\\HasNoChildren");
        attributes.Add(request.Select.Contains("SUBSCRIBED") || request.Return.Contains("SUBSCRIBED") ? subscribed.Contains(mailbox.Name) ? "\\Subscribed" : "" : "");
        attributes.Add(SpecialUseText.Of(mailbox.SpecialUse));
        WriteLine(session, "LIST", attributes, mailbox.Name, childInfo ? " (\"CHILDINFO\" (\"SUBSCRIBED\"))" : "");
        if (request.StatusItems.Count > 0 && mailbox.CanSelect)
        {
            await StatusCommand.WriteAsync(session, mailbox.Name, request.StatusItems);
        }

        await session.Wire.FlushIfMuchAsync();
    }

    private static void WriteLine(ImapSession session, string verb, IEnumerable<string> attributes, string name, string extension)
    {
        session.Wire.Write($"* {verb} ({string.Join(' ', attributes.Where(attribute => attribute.Length > 0))}) \"/\" ");
        MailboxArgument.Write(session.Wire.Output, name);
        session.Wire.Write(extension + "\r\n");
    }

    private static bool IsMatch(ListRequest request, string name) => request.Patterns.Exists(pattern => pattern.Matches(name));

    private static IEnumerable<string> Parents(string name)
    {
        for (var slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
        {
            yield return name[..slash];
        }
    }
}
