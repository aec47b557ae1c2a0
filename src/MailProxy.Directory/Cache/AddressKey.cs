namespace MailProxy.Directory.Cache;

/// <summary>A question about an address. No provider tells names apart by their case.</summary>
/// <param name="Address">As it was asked.</param>
/// <param name="Version">Of what the provider knows.</param>
internal readonly record struct AddressKey(string Address, long Version)
{
    /// <inheritdoc/>
    public bool Equals(AddressKey other) => Version == other.Version && Address.Equals(other.Address, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Version, Address.GetHashCode(StringComparison.OrdinalIgnoreCase));
}
