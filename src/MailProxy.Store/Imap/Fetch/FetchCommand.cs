using MailProxy.Protocols.Imap;
using MailProxy.Store.Engine;
using MailProxy.Store.Imap.Session;

namespace MailProxy.Store.Imap.Fetch;

/// <summary>FETCH and UID FETCH (RFC 9051 6.4.5, 6.4.9).</summary>
internal static class FetchCommand
{
    // Messages that are marked \Seen in one change: few writes, and little marked that a client who leaves did not get.
    private const int SeenBatch = 64;

    public static ValueTask<ImapReply> FetchAsync(ImapSession session, ImapCommand command) => RunAsync(session, command, byUid: false);

    public static ValueTask<ImapReply> UidFetchAsync(ImapSession session, ImapCommand command) => RunAsync(session, command, byUid: true);

    private static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command, bool byUid)
    {
        if (FetchParser.TryRead(command.Arguments.Span) is not { } request)
        {
            return ImapReply.Bad($"{command.Verb} takes a set of messages and what to tell of them.");
        }

        var selected = session.Selected!;
        var items = Items(request, byUid);
        session.IsCondstore |= items.Exists(item => item.Kind == FetchItemKind.ModSeq);
        var indexes = selected.Resolve(request.Set, byUid);
        if (request.ChangedSince is { } since)
        {
            indexes.RemoveAll(index => selected[index].ModSeq <= since);
        }

        var marksSeen = !selected.IsReadOnly && items.Exists(item => item.SetsSeen);
        var writer = new FetchWriter(session, items);
        var isGone = false;
        foreach (var batch in indexes.Chunk(SeenBatch))
        {
            var marked = marksSeen ? await MarkSeenAsync(session, batch) : [];
            foreach (var index in batch)
            {
                isGone |= !await writer.WriteAsync(index, marked.Contains(index));
            }
        }

        return isGone ? ImapReply.No($"[EXPUNGEISSUED] {command.Verb}: some messages are gone.") : ImapReply.Ok($"{command.Verb} completed.");
    }

    private static List<FetchItem> Items(FetchRequest request, bool byUid)
    {
        var items = request.Items.ToList();
        if (byUid && !items.Exists(item => item.Kind == FetchItemKind.Uid))
        {
            items.Insert(0, FetchParser.Uid);
        }

        if (request.ChangedSince is not null && !items.Exists(item => item.Kind == FetchItemKind.ModSeq))
        {
            items.Add(FetchParser.ModSeq);
        }

        return items;
    }

    // The indexes whose flags changed by it: their FETCH tells the flags too.
    private static async ValueTask<HashSet<int>> MarkSeenAsync(ImapSession session, int[] batch)
    {
        var selected = session.Selected!;
        var unseen = batch.Where(index => !selected[index].Flags.HasFlag(MessageFlags.Seen)).ToHashSet();
        if (unseen.Count > 0)
        {
            await selected.Mailbox.StoreFlagsAsync(
                [.. unseen.Order().Select(index => selected[index].Uid)], FlagChange.Add, MessageFlags.Seen, [], null, session.Wire.Gone);
            unseen.RemoveWhere(index => !selected.Refresh(index));
        }

        return unseen;
    }
}
