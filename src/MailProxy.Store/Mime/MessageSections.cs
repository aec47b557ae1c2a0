namespace MailProxy.Store.Mime;

/// <summary>Finds the sections of one message as ranges of its original octets. Reads only as much of it as the section needs.</summary>
/// <param name="content">The message, seekable.</param>
/// <param name="tree">Its tree if it is known from before.</param>
internal sealed class MessageSections(Stream content, MimeNode? tree = null)
{
    private long? _headerEnd;

    /// <summary>The tree, once a section needed it.</summary>
    public MimeNode? Tree { get; private set; } = tree;

    /// <summary>The octets of a section in order; null when the message has no such part.</summary>
    public IReadOnlyList<OctetRange>? Find(SectionSpec section, CancellationToken cancellationToken)
    {
        if (section.Path.Count == 0)
        {
            return section.Part == SectionPart.All
                ? [new(0, content.Length)]
                : OfMessage(section, 0, HeaderEnd(cancellationToken), content.Length);
        }

        Tree ??= MimeTreeReader.Read(content, cancellationToken);
        if (Follow(Tree, section.Path) is not { } node)
        {
            return null;
        }

        return section.Part switch
        {
            SectionPart.All => [new(node.HeaderEnd, node.Size)],
            SectionPart.Mime => [new(node.Begin, node.HeaderEnd - node.Begin)],
            _ when node.Kind == MimeNodeKind.Message => OfMessage(section, node.Children[0].Begin, node.Children[0].HeaderEnd, node.Children[0].End),
            _ => null,
        };
    }

    private List<OctetRange>? OfMessage(SectionSpec section, long begin, long headerEnd, long end)
    {
        switch (section.Part)
        {
            case SectionPart.Header:
                return [new(begin, headerEnd - begin)];
            case SectionPart.Text:
                return [new(headerEnd, end - headerEnd)];
            case SectionPart.HeaderFields or SectionPart.HeaderFieldsNot:
                var ranges = HeaderFieldScanner.Select(content, begin, headerEnd, section.Fields, section.Part == SectionPart.HeaderFields);
                ranges.Add(OctetRange.BlankLine);
                return ranges;
            default:
                return null;
        }
    }

    private long HeaderEnd(CancellationToken cancellationToken) =>
        _headerEnd ??= Tree?.HeaderEnd ?? MimeTreeReader.ReadHeaderEnd(content, cancellationToken);

    // RFC 9051 6.4.5.1: every message has at least part 1; a message/rfc822 part has the parts of the message within.
    private static MimeNode? Follow(MimeNode root, IReadOnlyList<int> path)
    {
        var node = root;
        var isMessage = true;
        foreach (var number in path)
        {
            if (node.Kind == MimeNodeKind.Message && !isMessage)
            {
                node = node.Children[0];
                isMessage = true;
            }

            if (node.Kind == MimeNodeKind.Multipart)
            {
                if (number < 1 || number > node.Children.Count)
                {
                    return null;
                }

                node = node.Children[number - 1];
            }
            else if (number != 1 || !isMessage)
            {
                return null;
            }

            isMessage = false;
        }

        return node;
    }
}
