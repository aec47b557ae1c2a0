using System.Globalization;
using MailProxy.Protocols.Imap;
using MailProxy.Store.Engine;
using MailProxy.Store.Imap.Session;
using MailProxy.Store.Mime;

namespace MailProxy.Store.Imap.Fetch;

/// <summary>Writes FETCH responses. What a message's entry does not hold is read once per message: its structure, its content.</summary>
internal sealed class FetchWriter(ImapSession session, IReadOnlyList<FetchItem> items)
{
    private readonly bool _needsStructure = items.Any(item => item.Kind is FetchItemKind.Envelope or FetchItemKind.Body or FetchItemKind.BodyStructure);
    private readonly bool _needsContent = items.Any(item => item.Kind == FetchItemKind.Section);
    private readonly bool _tellsFlags = items.Any(item => item.Kind == FetchItemKind.Flags);

    /// <summary>Writes the response of one message, with its flags when they <paramref name="changed"/> by reading it. False: the message is gone, nothing was written.</summary>
    public async ValueTask<bool> WriteAsync(int index, bool changed)
    {
        var wire = session.Wire;
        var mailbox = session.Selected!.Mailbox;
        var message = session.Selected[index];
        var structure = _needsStructure ? await mailbox.ReadStructureAsync(message.Uid, wire.Gone) : null;
        await using var content = _needsContent ? await mailbox.OpenContentAsync(message.Uid, wire.Gone) : null;
        if ((_needsStructure && structure is null) || (_needsContent && content is null))
        {
            return false;
        }

        var sections = content is null ? null : new MessageSections(content, session.TreeOf(message.Uid));
        wire.Write(string.Create(CultureInfo.InvariantCulture, $"* {index + 1} FETCH ("));
        for (var i = 0; i < items.Count; i++)
        {
            wire.Write(i == 0 ? "" : " ");
            await WriteItemAsync(items[i], message, structure, content, sections);
        }

        if (changed && !_tellsFlags)
        {
            wire.Write($" FLAGS ({FlagText.Format(message)})");
        }

        session.KeepTree(message.Uid, sections?.Tree);
        wire.Write(")\r\n");
        await wire.FlushIfMuchAsync();
        return true;
    }

    private async ValueTask WriteItemAsync(FetchItem item, MessageEntry message, MessageStructure? structure, Stream? content, MessageSections? sections)
    {
        var wire = session.Wire;
        wire.Write(item.Label + " ");
        switch (item.Kind)
        {
            case FetchItemKind.Uid:
                wire.Write(message.Uid.ToString(CultureInfo.InvariantCulture));
                break;
            case FetchItemKind.Flags:
                wire.Write($"({FlagText.Format(message)})");
                break;
            case FetchItemKind.InternalDate:
                wire.Write($"\"{ImapDate.Format(message.InternalDate)}\"");
                break;
            case FetchItemKind.Size:
                wire.Write(message.Size.ToString(CultureInfo.InvariantCulture));
                break;
            case FetchItemKind.ModSeq:
                wire.Write(string.Create(CultureInfo.InvariantCulture, $"({message.ModSeq})"));
                break;
            case FetchItemKind.Envelope:
                wire.Write(structure!.Envelope);
                break;
            case FetchItemKind.Body:
                wire.Write(structure!.Body);
                break;
            case FetchItemKind.BodyStructure:
                wire.Write(structure!.BodyStructure);
                break;
            default:
                await WriteSectionAsync(item, content!, sections!);
                break;
        }
    }

    private async ValueTask WriteSectionAsync(FetchItem item, Stream content, MessageSections sections)
    {
        if (sections.Find(item.Section, session.Wire.Gone) is not { } ranges)
        {
            session.Wire.Write("NIL");
            return;
        }

        await session.Wire.WriteLiteralAsync(content, [.. OctetRange.Slice(ranges, item.First, item.Count)]);
    }
}
