namespace MailProxy.Store.Mime;

/// <summary>What stands between the brackets of <c>BODY[...]</c>.</summary>
/// <param name="Path">Part numbers, from 1; empty: the message itself.</param>
/// <param name="Part">Which octets of it.</param>
/// <param name="Fields">For HEADER.FIELDS(.NOT): names, compared without case.</param>
internal sealed record SectionSpec(IReadOnlyList<int> Path, SectionPart Part, IReadOnlyList<string> Fields)
{
    /// <summary><c>BODY[]</c>.</summary>
    public static SectionSpec Whole { get; } = new([], SectionPart.All, []);

    /// <summary><c>BODY[HEADER]</c>.</summary>
    public static SectionSpec Header { get; } = new([], SectionPart.Header, []);

    /// <summary><c>BODY[TEXT]</c>.</summary>
    public static SectionSpec Text { get; } = new([], SectionPart.Text, []);
}
