import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { Failure } from '../values/failure.ts'

/** An element's content by the local names of its children; a text where it has none. */
export type XmlTree = { readonly [name: string]: XmlNode | readonly XmlNode[] | undefined }
type XmlNode = string | XmlTree

/**
 * Reads XML without namespaces: an element that comes several times is a list, an attribute is "@name", and the text of an element that
 * has attributes is "#text". Nothing is looked up or expanded: a document with a DOCTYPE, where entities would be declared, is refused.
 * Throws Failure invalid_file. No failure repeats what the file says.
 */
export function parseXml(text: string): XmlTree {
  if (/<!(?:doctype|entity)/i.test(text))
    throw new Failure('invalid_file', { sentence: 'The file declares entities, which are not read.' })
  if (XMLValidator.validate(text) !== true)
    throw new Failure('invalid_file', { sentence: 'The file is no XML.' })
  try {
    return parser.parse(text) as XmlTree // What the options below make of any document.
  } catch (cause) {
    throw new Failure('invalid_file', { sentence: 'The file is no XML.', cause })
  }
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // The five entities of XML itself.
  processEntities: true,
  htmlEntities: false,
})
