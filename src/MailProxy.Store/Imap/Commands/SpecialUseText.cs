using MailProxy.Store.Engine;

namespace MailProxy.Store.Imap.Commands;

/// <summary>RFC 6154's attributes.</summary>
internal static class SpecialUseText
{
    /// <summary>The attribute, e.g. <c>\Sent</c>; empty for none.</summary>
    public static string Of(SpecialUse use) => use == SpecialUse.None ? "" : "\\" + use;

    /// <summary>The use of an attribute in any case; null when it is none of ours.</summary>
    public static SpecialUse? Find(string attribute)
    {
        foreach (var use in Enum.GetValues<SpecialUse>())
        {
            if (use != SpecialUse.None && Of(use).Equals(attribute, StringComparison.OrdinalIgnoreCase))
            {
                return use;
            }
        }

        return null;
    }
}
